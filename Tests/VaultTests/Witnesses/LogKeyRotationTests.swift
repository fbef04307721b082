import Foundation
import Sodium
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault

@Suite("A new log key")
struct LogKeyRotationTests {
  private func grants(_ store: any Store, epoch: Int64) throws -> Int {
    var count = 0
    try store.read { reader in
      try reader.scan(Schema.grant, prefix: [.integer(6)], range: nil, descending: false) { row in
        if row.values[2] == .integer(epoch) { count += 1 }
        return true
      }
    }
    return count
  }

  @Test("reaches every role at once, signs from the next head on, and what was sealed of the old one is gone")
  func rotated() async throws {
    let vault = try WitnessedVault()
    let open = vault.session(.auditor)
    try open.readLog(LogQuery(), limit: 0) { _ in }
    let before = try vault.size
    let rotation = try vault.session().rotateLogKey()
    #expect(rotation.epoch == 2 && rotation.announced == before)
    #expect(try grants(vault.store, epoch: 1) == 0)
    #expect(try grants(vault.store, epoch: 2) == Role.allCases.count)
    // The head that announces it is the old key's; the next one the new key's.
    let announcing = try vault.session().checkpoint()
    #expect(try announcing.verify(against: [vault.genesisKey]).count == 1)
    #expect(throws: LogError(.unsigned, "")) { try announcing.verify(against: [rotation.verifierKey]) }
    // A session that was open goes on, with the new key.
    try open.readLog(LogQuery(), limit: 0) { _ in }
    let next = try vault.session().checkpoint()
    #expect(try next.verify(against: [rotation.verifierKey]).count == 1)
    #expect(throws: LogError(.unsigned, "")) { try next.verify(against: [vault.genesisKey]) }
    for role in Role.allCases where role != .custodian {
      _ = try? vault.session(role).listCustomers(after: nil, limit: 1)
    }
    // From the first key alone.
    #expect(try await vault.problems().isOK)
    #expect(try await vault.session().verifyVault(LogAnchor(), isDeep: true, purpose: nil, workers: 2).isOK)
    #expect(
      try vault.session().logKeys().map(\.sizes) == [0...before + 1, before + 2...UInt64.max])
  }

  @Test("can follow one that followed, and proofs are under the key of their head")
  func twice() async throws {
    let vault = try WitnessedVault()
    _ = try vault.session().rotateLogKey()
    try vault.work(1)
    let second = try vault.session().rotateLogKey()
    #expect(second.epoch == 3)
    try vault.work(2)
    #expect(try await vault.problems().isOK)
    let proof = try vault.session(.auditor).prove(1)
    #expect(throws: Never.self) {
      try proof.proof.verify(
        entry: proof.envelope, origin: second.verifierKey.name, keys: [second.verifierKey])
    }
    // A head that was kept under a key in between is known as the log's.
    let kept = try vault.session().checkpoint()
    #expect(try await vault.problems(kept: kept).isOK)
    // The second key as the first one: verifiers start from the genesis.
    #expect(try await codes(vault.problems(since: second.verifierKey)) == ["log-signature"])
  }

  @Test("is a custodian's to order, and nobody else's")
  func roles() throws {
    let vault = try WitnessedVault()
    for role in Role.allCases where role != .custodian {
      let size = try vault.size
      #expect(throws: VaultError(.notPermitted, "")) { try vault.session(role).rotateLogKey() }
      #expect(try vault.size == size + 1)
    }
  }

  @Test("a kept head that nobody of the log signed is found out, before and after")
  func keptHead() async throws {
    let vault = try WitnessedVault()
    _ = try vault.session().rotateLogKey()
    try vault.work(1)
    let head = try vault.session().checkpoint()
    var forged = try SignedNote(text: head.text)
    let stranger = SigningKey.generate()
    let name = try LogVerifierKey(name: vault.genesisKey.name, key: stranger.publicKey)
    forged.append(try NoteSigner(name).sign(head.text, with: stranger))
    #expect(try await codes(vault.problems(kept: forged)) == ["checkpoint"])
  }

  @Test("witnesses need to be told of it, and go on where they were")
  func witnessed() async throws {
    let vault = try WitnessedVault()
    try vault.push()
    let rotation = try vault.session().rotateLogKey()
    // The announcement is still the old key's.
    #expect(throws: Never.self) { try vault.push().first?.outcome.get() }
    try vault.work(1)
    #expect(throws: VaultError(.configuration, "")) { try vault.push().first?.outcome.get() }
    vault.witness.trust([vault.genesisKey, rotation.verifierKey])
    #expect(throws: Never.self) { try vault.push().first?.outcome.get() }
    let report = try await vault.problems(vault.trust())
    #expect(try report.isOK && report.cosigned?.checkpoint.size == (vault.size))
  }

  // MARK: - Attacks

  /// Signs the newest head anew with this key.
  private func resign(_ vault: WitnessedVault, size: UInt64, _ key: borrowing SigningKey) throws {
    let row = try #require(
      try vault.store.read { try $0.row(Schema.checkpoint, key: [.integer(Int64(size))]) })
    let stored = try CheckpointRow(row)
    let old = try SignedNote(parsing: stored.note)
    var note = try SignedNote(text: old.text)
    let verifier = try LogVerifierKey(name: vault.genesisKey.name, key: key.publicKey)
    note.append(try NoteSigner(verifier).sign(note.text, with: key))
    for line in old.signatures where line.name != verifier.name { note.append(line) }
    try vault.store.write {
      try $0.update(
        Schema.checkpoint, Row([.integer(stored.size), .blob(note.bytes), .blob(stored.frontier)]))
    }
  }

  private func logKey(_ vault: WitnessedVault) throws -> BoxedSigner {
    try vault.store.read { reader in
      let governance = try VerifiedLog(reader, remembered: []).governance
      let chain = KeyChain(identity: vault.sample.owner, governance: governance)
      return try chain.logKey(.auditor, try chain.rolePair(.auditor, reader), reader)
    }
  }

  @Test("a retired key signs nothing more, though a copy of it was kept")
  func retired() async throws {
    let vault = try WitnessedVault()
    let old = try logKey(vault)
    _ = try vault.session().rotateLogKey()
    try vault.work(1)
    try resign(vault, size: vault.size, old.key)
    #expect(throws: VaultError(.integrity, "")) { try vault.session().standing() }
    #expect(try await codes(vault.problems()).contains("log-signature"))
  }

  @Test("old heads cannot be signed anew with a newer key (CVE-2023-31439)")
  func newerKeyOnOldHeads() async throws {
    let vault = try WitnessedVault()
    let rotation = try vault.session().rotateLogKey()
    try vault.work(1)
    let new = try logKey(vault)
    let size = rotation.announced + 1
    for old in [size, size - 1] {
      let before = vault.store.copy()
      try resign(vault, size: old, new.key)
      #expect(try await codes(vault.problems()).contains("log-signature"))
      // At the announcement it is seen at every opening.
      if old == size { #expect(throws: VaultError(.integrity, "")) { try vault.session().standing() } }
      vault.store.replaceRows(by: before)
    }
  }

  @Test("a log that is cut before the announcement cannot go on under the newer key (CVE-2023-31438)")
  func truncatedAndContinued() async throws {
    let vault = try WitnessedVault()
    let earlier = vault.store.copy()
    _ = try vault.session().rotateLogKey()
    try vault.work(1)
    let new = try logKey(vault)
    vault.store.replaceRows(by: earlier)
    try resign(vault, size: UInt64(try vault.store.read { try $0.count(Schema.entry) }), new.key)
    #expect(try await codes(vault.problems()).contains("log-signature"))
    #expect(throws: VaultError(.integrity, "")) { try vault.session().standing() }
  }

  @Test(
    "a statement that announces a key which did not sign for itself, or was there, or is a user's, is refused"
  )
  func statements() throws {
    let vault = try WitnessedVault()
    let owner = vault.sample.owner
    let governance = try vault.store.read { try VerifiedLog($0, remembered: []).governance }
    let key = SigningKey.generate()
    func refused(
      _ key: borrowing SigningKey, epoch: UInt32 = 2, signedFor: UInt32 = 2, previous: Digest32? = nil
    ) throws -> Bool {
      var copy = governance
      let message = LogKeyPeriod.proofMessage(
        key: key.publicKey, epoch: signedFor, previous: previous ?? copy.head, vault: copy.vaultID)
      let statement = try Statement.sign(
        .rotateLogKey(key: key.publicKey, epoch: epoch, proof: key.sign(message)), by: owner,
        time: vault.clock.now(), previous: copy.head, vault: copy.vaultID)
      do throws(VaultError) { try copy.apply(statement, at: 9) } catch { return error.code == .integrity }
      return false
    }
    #expect(try !refused(key))
    #expect(try refused(key, signedFor: 3))
    #expect(try refused(key, epoch: 3, signedFor: 3))
    #expect(try refused(key, previous: .zero))
    #expect(try refused(owner.signing))
    #expect(try refused(logKey(vault).key))
  }
}
