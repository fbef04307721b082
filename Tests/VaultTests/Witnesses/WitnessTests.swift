import Foundation
import Sodium
import Synchronization
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault

@Suite("Witnesses of a vault")
struct WitnessTests {
  @Test("are shown the newest head, and what they sign is kept byte for byte, unknown lines too")
  func push() async throws {
    let vault = try WitnessedVault()
    let size = try vault.size
    let result = try #require(vault.push().first)
    #expect(try result.size == size && (result.outcome.get()) == 1_764_080_000)
    // No entry tells of it: the head that was signed is still the newest.
    #expect(try vault.size == size)
    let note = try #require(try vault.session().cosignedCheckpoint())
    let head = try vault.session().checkpoint()
    #expect(note.text == head.text)
    #expect(Array(note.signatures.prefix(2)) == head.signatures)
    #expect(note.signatures.last == vault.witness.further)
    let report = try await vault.problems(vault.trust())
    #expect(report.isOK && report.cosigned?.checkpoint.size == size)
    // Again, after more work, from the size that the witness is known to remember.
    for _ in 0..<3 {
      try vault.work()
      try vault.push()
    }
    let later = try await vault.problems(vault.trust())
    #expect(try later.isOK && later.cosigned?.checkpoint.size == (vault.size))
    #expect(vault.witness.state.withLock { $0.asked } == 4)
  }

  @Test("that know more than the vault remembers are asked once more, from where they are")
  func forgotten() throws {
    let vault = try WitnessedVault()
    try vault.push()
    try vault.work()
    try vault.store.write { writer in
      var sizes: [Value] = []
      try writer.scan(Schema.cosignature, prefix: [], range: nil, descending: false) { row in
        sizes.append(row.values[0])
        return true
      }
      for size in sizes { try writer.delete(Schema.cosignature, key: [size]) }
    }
    #expect(throws: Never.self) { try vault.push().first?.outcome.get() }
  }

  @Test("find the rollback that everybody who owns the machine could make: all else was put back too")
  func rollback() async throws {
    let vault = try WitnessedVault()
    let earlier = try vault.moment()
    try vault.work()
    try vault.push()
    let warden = try vault.goBack(to: earlier)
    // Nothing on the machine remembers: the log verifies, and goes on.
    #expect(try await vault.problems().isOK)
    let session = vault.session(warden: warden)
    let behind = try #require(vault.push(session).first)
    #expect(throws: VaultError(.integrity, "")) { try behind.outcome.get() }
    // Grown beyond what the witness saw, it is a fork.
    for _ in 0..<12 { try vault.session(.auditor, warden: warden).readLog(LogQuery(), limit: 0) { _ in } }
    let forked = try #require(vault.push(vault.session(warden: warden)).first)
    #expect(throws: VaultError(.integrity, "")) { try forked.outcome.get() }
    #expect(try await codes(vault.problems(vault.trust())) == ["quorum"])
  }

  @Test("a log that ends before a head that a witness signed does not open")
  func rolledBackUnderItsCosignature() async throws {
    let vault = try WitnessedVault()
    let earlier = try vault.moment()
    try vault.work()
    try vault.push()
    let size = Int64(try vault.size)
    let kept = try vault.store.read { try $0.row(Schema.cosignature, key: [.integer(size)]) }
    let warden = try vault.goBack(to: earlier)
    try vault.store.write { try $0.insert(Schema.cosignature, try #require(kept)) }
    #expect(throws: VaultError(.integrity, "")) { try vault.session(warden: warden).standing() }
    #expect(try await codes(vault.problems()) == ["rollback"])
  }

  @Test("whose kept signature was changed, moved or made up are found out")
  func tampered() async throws {
    let vault = try WitnessedVault()
    try vault.push()
    let size = try vault.size
    let good = try #require(try vault.session().cosignedCheckpoint())
    let other = try WitnessedVault()
    try other.push()
    let foreign = try #require(try other.session().cosignedCheckpoint())
    var flipped = try SignedNote(text: good.text)
    for (index, line) in good.signatures.enumerated() {
      var bytes = line.signature
      if index == 2 { bytes[20] ^= 1 }
      flipped.append(NoteSignature(name: line.name, keyID: line.keyID, signature: bytes))
    }
    for bad in [flipped, foreign] {
      try vault.store.write { try $0.update(Schema.cosignature, CosignedRow.row(size, bad)) }
      #expect(try await codes(vault.problems(vault.trust())) == ["cosignature", "quorum"])
    }
    // Stripped of the witness's line it is no tampering that could be seen, and not enough for the policy.
    var stripped = try SignedNote(text: good.text)
    for line in good.signatures.prefix(2) { stripped.append(line) }
    try vault.store.write { try $0.update(Schema.cosignature, CosignedRow.row(size, stripped)) }
    #expect(try await vault.problems().isOK)
    #expect(try await codes(vault.problems(vault.trust())) == ["quorum"])
  }

  @Test("that answer nonsense, or sign something else, give nothing that is kept")
  func garbled() throws {
    let vault = try WitnessedVault()
    let replies: [@Sendable ([UInt8]) -> [UInt8]] = [
      { _ in [] }, { Array($0.dropLast()) }, { _ in Array("\u{2014} x AAAAAAAA\n".utf8) },
      { body in
        var body = body
        guard body.count > 60 else { return body }
        body[60] = body[60] == 0x41 ? 0x42 : 0x41
        return body
      },
    ]
    for reply in replies {
      vault.witness.state.withLock { $0.garbles = reply }
      let result = try #require(vault.push().first)
      #expect(throws: VaultError(.unavailable, "")) { try result.outcome.get() }
      #expect(try vault.session().cosignedCheckpoint() == nil)
    }
    vault.witness.state.withLock { $0.garbles = nil }
    vault.witness.trust([])
    #expect(throws: VaultError(.configuration, "")) { try vault.push().first?.outcome.get() }
  }

  @Test("are added, listed and removed by who reads the log; every change is an entry under the state")
  func manage() async throws {
    let vault = try WitnessedVault(witnessed: false)
    #expect(throws: VaultError(.configuration, "")) { try vault.push() }
    let witness = try vault.witness.witness("first")
    for role in [Role.custodian, .steward, .analyst, .agent] {
      #expect(throws: VaultError(.notPermitted, "")) { try vault.session(role).addWitness(witness) }
      #expect(throws: VaultError(.notPermitted, "")) { try vault.session(role).witnesses() }
      #expect(throws: VaultError(.notPermitted, "")) { try vault.push(vault.session(role)) }
    }
    try vault.session(.auditor).addWitness(witness)
    #expect(throws: VaultError(.exists, "")) { try vault.session().addWitness(witness) }
    // One key under two names would count twice.
    #expect(throws: VaultError(.exists, "")) {
      try vault.session().addWitness(vault.witness.witness("second"))
    }
    #expect(try vault.session(.privacyOfficer).witnesses() == [witness])
    #expect(throws: VaultError(.notFound, "")) { try vault.session().removeWitness("second") }
    #expect(try await vault.session().verifyVault(LogAnchor(), isDeep: false, purpose: nil, workers: 1).isOK)
    // A row that nobody added shows in the state commitment.
    let before = vault.store.copy()
    try vault.store.write { try $0.delete(Schema.witness, key: [.blob(Array("first".utf8))]) }
    let report = try await vault.session().verifyVault(LogAnchor(), isDeep: false, purpose: nil, workers: 1)
    #expect(codes(report) == ["rows"])
    vault.store.replaceRows(by: before)
  }

  @Test("a trust policy of another log, or with witnesses that never signed, is not met")
  func policies() async throws {
    let vault = try WitnessedVault()
    try vault.push()
    let other = try LogVerifierKey(
      name: "crmvault/" + String(repeating: "0", count: 32), key: vault.genesisKey.key)
    let text = "log \(other.text)\nwitness w \(try vault.witness.witness().key.text)\nquorum w\n"
    #expect(try await codes(vault.problems(TrustPolicy(parsing: Array(text.utf8)))) == ["quorum"])
    let stranger = try FakeWitness().witness().key
    #expect(
      try await codes(vault.problems(vault.trust("witness z \(stranger.text)\ngroup g all w z\nquorum g\n")))
        == ["quorum"])
    #expect(
      try await vault.problems(vault.trust("witness z \(stranger.text)\ngroup g any w z\nquorum g\n")).isOK)
    #expect(try await vault.problems(vault.trust("quorum none\n")).isOK)
  }
}

@Suite("Bulk releases under cosigned heads")
struct CosignedReleaseTests {
  private static let rule = "\nlog: {cosigned_bulk: 1}\n"

  private func search(_ session: Session) throws -> Int {
    var text = WipedBytes(capacity: 8)
    text.append(copying: Array("Exam".utf8))
    return try session.searchCustomers(text, purpose: nil, limit: 10).count
  }

  @Test("happen once the intent is inside a head that a witness signed")
  func released() async throws {
    let vault = try WitnessedVault(log: Self.rule)
    #expect(throws: Never.self) { try search(vault.session(.steward)) }
    let note = try #require(try vault.session().cosignedCheckpoint())
    let signed = try Checkpoint(parsing: note.text).size
    var intents: [UInt64] = []
    var results: [UInt64] = []
    try vault.session(.auditor).readLog(LogQuery()) { entry in
      guard entry.what.action == "customer.search" else { return }
      if entry.what.phase == .intent {
        intents.append(entry.envelope.seq)
      } else {
        results.append(entry.envelope.seq)
      }
    }
    #expect(intents.count == 1 && intents.allSatisfy { $0 < signed })
    #expect(!results.isEmpty && results.allSatisfy { $0 >= signed })
    #expect(try await vault.problems(vault.trust()).isOK)
  }

  @Test("do not happen while no witness signs: nothing is opened, and the refusal is the intent's result")
  func refused() async throws {
    let vault = try WitnessedVault(log: Self.rule)
    vault.witness.state.withLock { $0.isDown = true }
    #expect(throws: VaultError(.notCosigned, "")) { try search(vault.session(.steward)) }
    vault.witness.state.withLock { $0.isDown = false }
    vault.witness.trust([])
    #expect(throws: VaultError(.notCosigned, "")) { try search(vault.session(.steward)) }
    var outcomes: [WhatPart.Outcome] = []
    try vault.session(.auditor).readLog(LogQuery()) { entry in
      if entry.what.action == "customer.search", entry.what.phase == .result {
        outcomes.append(entry.what.outcome)
      }
    }
    #expect(outcomes == [.error(code: "not_cosigned"), .error(code: "not_cosigned")])
    #expect(try await vault.problems().isOK)
    // One customer at a time goes on.
    let id = try #require(try vault.session().listCustomers(after: nil, limit: 1).first?.pseudonym)
    #expect(throws: Never.self) {
      try vault.session(.steward).showCustomer(id, purpose: nil, reveal: .nothing)
    }
  }

  @Test("do not happen in a vault that was rolled back: the witness knows")
  func rolledBack() throws {
    let vault = try WitnessedVault(log: Self.rule)
    let earlier = try vault.moment()
    _ = try search(vault.session(.steward))
    try vault.work()
    try vault.push()
    let warden = try vault.goBack(to: earlier)
    #expect(throws: VaultError(.integrity, "")) { try search(vault.session(.steward, warden: warden)) }
  }

  @Test("need as many witnesses as the policy says, and a way to them")
  func howMany() throws {
    let vault = try WitnessedVault(log: "\nlog: {cosigned_bulk: 2}\n")
    #expect(throws: VaultError(.notCosigned, "")) { try search(vault.session(.steward)) }
    let without = Session(
      Session.Environment(
        store: vault.store, warden: vault.sample.warden, identity: vault.sample.owner, clock: vault.clock,
        memoryFolder: nil, ballast: nil, origin: "test"), role: .steward, ticket: nil)
    #expect(throws: VaultError(.notCosigned, "")) { try search(without) }
  }

  @Test(
    "are what the policy's text says",
    arguments: [
      "log: {cosigned_bulk: -1}", "log: {cosigned_bulk: 17}", "log: {cosigned_bulk: x}", "log: {cosigned: 1}",
      "log: {retention: {who: 3}}", "log: {retention: {who: 0d}}", "log: {retention: {what: 3d}}",
      "log: {retention: {who: 3m}}", "log: {retention: {entries: 200y}}", "log: []",
    ])
  func policyText(text: String) {
    #expect(throws: VaultError(.badInput, "")) { try Policy(parsing: Policy.template + "\n" + text + "\n") }
  }

  @Test("a policy without a word on the log asks nothing and lets nothing go")
  func silent() throws {
    let rules = try Policy(parsing: Policy.template).log
    #expect(rules == LogRules() && !rules.hasRetention)
    let stated = try Policy(
      parsing: Policy.template + "\nlog: {cosigned_bulk: 2, retention: {who: 2y, entries: 400d}}\n")
    #expect(stated.log.cosignedBulk == 2 && stated.log.whoDays == 732 && stated.log.entryDays == 400)
  }
}
