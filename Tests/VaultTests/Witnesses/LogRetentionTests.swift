import Foundation
import Sodium
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault

@Suite("The log's retention")
struct LogRetentionTests {
  private static let rule = "\nlog: {retention: {who: 30d, entries: 90d}}\n"

  private func rows(_ vault: WitnessedVault) throws -> [EntryRow] {
    try vault.store.read { reader in
      try LogStretch(reader, from: 0, limit: .max, withCheckpoints: false).entries
    }
  }

  private func everything(_ vault: WitnessedVault) async throws -> VerificationReport {
    try await vault.session().verifyVault(LogAnchor(), isDeep: false, purpose: nil, workers: 2)
  }

  @Test("takes away who acted, then whole entries, each in its time; the log verifies, and says so")
  func ages() async throws {
    let vault = try WitnessedVault(log: Self.rule)
    try vault.work(4)
    try vault.push()
    let first = try vault.size
    let head = try vault.session().checkpoint()
    let proof = try vault.session(.auditor).prove(3)
    #expect(try vault.session().logRetention().dueWho == nil)
    vault.clock.move(days: 31)
    let who = try vault.session(.privacyOfficer).applyLogRetention()
    #expect(who.prunedEntries == 0 && who.erasedParts == Int(first) + 1)
    let report = try await everything(vault)
    #expect(report.isOK && report.erasedParts == [.who: Int(first) + 1], "\(report.problems)")
    var actors: [String] = []
    try vault.session(.auditor).readLog(LogQuery()) { actors.append($0.who.actor) }
    #expect(actors.prefix(Int(first)).allSatisfy { $0 == "(erased)" } && actors.last == "owner")

    vault.clock.move(days: 60)
    let whole = try vault.session(.privacyOfficer).applyLogRetention()
    #expect(whole.retention.prunedBelow >= first && whole.prunedEntries > 0)
    let after = try await everything(vault)
    #expect(after.isOK && after.prunedEntries == whole.prunedEntries, "\(after.problems)")
    #expect(try await vault.problems(vault.trust(), kept: head).isOK)
    // Statements and enrolments stay; everything else below is 32 bytes.
    let left = try rows(vault).filter { UInt64($0.seq) < whole.retention.prunedBelow && $0.prunedLeaf == nil }
    #expect(left.count == Int(whole.retention.prunedBelow) - whole.prunedEntries)
    // A proof that was given before holds, and so does one of a later entry.
    try proof.proof.verify(entry: proof.envelope, origin: vault.genesisKey.name, keys: [vault.genesisKey])
    let later = try vault.session(.auditor).prove(whole.retention.prunedBelow)
    try later.proof.verify(entry: later.envelope, origin: vault.genesisKey.name, keys: [vault.genesisKey])
    let gone = try #require(try rows(vault).first { $0.prunedLeaf != nil }?.seq)
    #expect(throws: VaultError(.notFound, "")) { try vault.session(.auditor).logEntry(UInt64(gone)) }
    #expect(throws: VaultError(.notFound, "")) { try vault.session(.auditor).prove(UInt64(gone)) }
    // Witnesses and other users go on.
    try vault.push()
    try vault.work(1)
    #expect(try await everything(vault).isOK)
  }

  @Test("without a stated policy nothing goes, whoever asks; the attempt is an entry")
  func noPolicy() async throws {
    let vault = try WitnessedVault()
    vault.clock.move(days: 10_000)
    let size = try vault.size
    #expect(throws: VaultError(.notPermitted, "")) { try vault.session(.privacyOfficer).applyLogRetention() }
    #expect(try vault.size == size + 1)
    #expect(try rows(vault).allSatisfy { $0.prunedLeaf == nil && !$0.lacks(.who) })
  }

  @Test("is a privacy officer's to apply")
  func roles() throws {
    let vault = try WitnessedVault(log: Self.rule)
    vault.clock.move(days: 40)
    for role in Role.allCases where role != .privacyOfficer {
      #expect(throws: VaultError(.notPermitted, "")) { try vault.session(role).applyLogRetention() }
      #expect(throws: VaultError(.notPermitted, "")) { try vault.session(role).eraseLogPart(.who, of: 1) }
    }
  }

  @Test("nothing due is said, and nothing younger than its time goes")
  func nothingDue() async throws {
    let vault = try WitnessedVault(log: Self.rule)
    vault.clock.move(days: 20)
    try vault.work(2)
    let old = try vault.size
    let outcome = try vault.session(.privacyOfficer).applyLogRetention()
    #expect(outcome.prunedEntries == 0 && outcome.erasedParts == 0)
    vault.clock.move(days: 15)
    let later = try vault.session(.privacyOfficer).applyLogRetention()
    #expect(later.erasedParts > 0 && later.erasedParts < Int(old))
    #expect(try await everything(vault).isOK)
  }

  @Test("a run that was killed half-way is finished by the next")
  func resumed() async throws {
    let vault = try WitnessedVault(log: Self.rule)
    try vault.work(3)
    vault.clock.move(days: 100)
    let before = vault.store.copy()
    _ = try vault.session(.privacyOfficer).applyLogRetention()
    // The statements are there, and one entry comes back as it was.
    let row = try #require(try before.read { try $0.row(Schema.entry, key: [.integer(3)]) })
    let session = try #require(try before.read { try $0.row(Schema.session, key: [row.values[2]]) })
    try vault.store.write { writer in
      try writer.update(Schema.entry, row)
      if try writer.row(Schema.session, key: [row.values[2]]) == nil {
        try writer.insert(Schema.session, session)
      }
    }
    #expect(try await everything(vault).isOK)
    let again = try vault.session(.privacyOfficer).applyLogRetention()
    #expect(again.prunedEntries == 1)
    #expect(try await everything(vault).isOK)
  }

  @Test("one part of one entry is erased by itself; what proofs of customers rest on is not")
  func single() async throws {
    let vault = try WitnessedVault()
    try vault.work(1)
    var searched: UInt64?
    try vault.session(.auditor).readLog(LogQuery()) { entry in
      if entry.what.action == "subject.enrol" { searched = entry.envelope.seq }
    }
    let enrolment = try #require(searched)
    _ = try vault.session(.privacyOfficer).eraseLogPart(.what, of: enrolment - 1)
    _ = try vault.session(.privacyOfficer).eraseLogPart(.who, of: 0)
    #expect(throws: VaultError(.notPermitted, "")) {
      try vault.session(.privacyOfficer).eraseLogPart(.what, of: enrolment)
    }
    #expect(throws: VaultError(.exists, "")) { try vault.session(.privacyOfficer).eraseLogPart(.who, of: 0) }
    #expect(throws: VaultError(.notFound, "")) {
      try vault.session(.privacyOfficer).eraseLogPart(.who, of: 9_999)
    }
    let report = try await everything(vault)
    #expect(report.isOK && report.erasedParts == [.who: 1, .what: 1], "\(report.problems)")
    let entry = try vault.session(.auditor).logEntry(enrolment - 1)
    #expect(entry.lacks(.what) && !entry.lacks(.who) && entry.fields["erased"] == ["what"])
    #expect(try vault.session(.auditor).prove(enrolment - 1).what == nil)
  }

  // MARK: - Attacks

  @Test("an entry that is reduced without a statement, or beyond it, is found, and not opened around")
  func prunedByOthers() async throws {
    let vault = try WitnessedVault(log: Self.rule)
    try vault.work(3)
    func prune(_ seq: Int64) throws {
      let row = try #require(try rows(vault).first { $0.seq == seq })
      try vault.store.write { try $0.update(Schema.entry, EntryRow.pruned(UInt64(seq), leaf: row.leafHash)) }
    }
    let whole = vault.store.copy()
    for seq in [2, Int64(try vault.size) - 2] as [Int64] {
      try prune(seq)
      #expect(try await codes(vault.problems()).contains("gap"))
      vault.store.replaceRows(by: whole)
    }
    vault.clock.move(days: 100)
    let outcome = try vault.session(.privacyOfficer).applyLogRetention()
    try vault.work(2)
    try prune(Int64(outcome.retention.prunedBelow) + 2)
    #expect(try await codes(vault.problems()).contains("gap"))
  }

  @Test("a statement that is taken away under the cloak of pruning is missed")
  func statementsStay() async throws {
    let vault = try WitnessedVault(log: Self.rule)
    _ = try vault.session().rotateLogKey()
    try vault.work(1)
    vault.clock.move(days: 100)
    _ = try vault.session(.privacyOfficer).applyLogRetention()
    #expect(try await vault.problems().isOK)
    for row in try rows(vault) where row.prunedLeaf == nil && row.kind == Envelope.Kind.governance.code {
      let before = vault.store.copy()
      try vault.store.write {
        try $0.update(Schema.entry, EntryRow.pruned(UInt64(row.seq), leaf: row.leafHash))
      }
      #expect(try await codes(vault.problems()).contains("governance"))
      #expect(throws: VaultError(.integrity, "")) { try vault.session().standing() }
      vault.store.replaceRows(by: before)
    }
  }

  @Test("a part that is taken away without a statement is found, and read by nobody as erased")
  func erasedByOthers() async throws {
    let vault = try WitnessedVault()
    try vault.work(1)
    let row = try #require(try rows(vault).first { $0.seq == 2 })
    let hash = SHA256.hash(try #require(row.who)).bytes
    for left in [Value.blob(hash), .blob([UInt8](repeating: 0, count: 32)), .null] {
      let before = vault.store.copy()
      try vault.store.write { writer in
        var values = try #require(try writer.row(Schema.entry, key: [.integer(2)])).values
        values[5] = left
        try writer.update(Schema.entry, Row(values))
      }
      #expect(try await codes(vault.problems()).contains("sealed"))
      #expect(throws: VaultError(.integrity, "")) { try vault.session(.auditor).logEntry(2) }
      vault.store.replaceRows(by: before)
    }
  }

  @Test("a statement that lets go what its policy keeps is found, whoever's program made it")
  func beyondThePolicy() async throws {
    for (rule, age) in [("", UInt64(100)), (Self.rule, 5)] {
      let vault = try WitnessedVault(log: rule)
      vault.clock.move(days: age)
      let session = vault.session(.privacyOfficer)
      try session.govern(.auditRetention, details: [:], kind: .erasure) { commit, _, time in
        let statement = try commit.state(
          .pruneLog(below: 2, before: time), by: vault.sample.owner, at: time)
        return ((), [(statement, .auditRetention, "")])
      }
      #expect(try await codes(vault.problems()) == ["governance"])
    }
    let vault = try WitnessedVault(log: Self.rule)
    #expect(throws: VaultError(.integrity, "")) {
      try vault.session(.privacyOfficer).govern(.auditRetention, details: [:], kind: .erasure) {
        commit, _, time in
        // More than one entry, without a time.
        let statement = try commit.state(
          .erasePart(.who, 0..<2, before: nil), by: vault.sample.owner, at: time)
        return ((), [(statement, .auditRetention, "")])
      }
    }
  }

  @Test("a lasting hash is not one of another ciphertext")
  func wrongHash() async throws {
    let vault = try WitnessedVault()
    _ = try vault.session(.privacyOfficer).eraseLogPart(.who, of: 1)
    try vault.store.write { writer in
      var values = try #require(try writer.row(Schema.entry, key: [.integer(1)])).values
      values[5] = .blob([UInt8](repeating: 1, count: 32))
      try writer.update(Schema.entry, Row(values))
    }
    #expect(try await codes(vault.problems()).contains("sealed"))
  }
}
