import Foundation
import Sodium
import Testing
import VaultSQLite
import VaultTesting

@testable import AuditLog
@testable import Vault

/// The log, its checkpoints and its keys in hostile hands.
@Suite("The log in hostile hands")
struct LogAttackTests {
  // MARK: - Older and forked states

  @Test("an older vault is refused by the file of customer keys, and by the machine's memory")
  func rolledBack() async throws {
    let vault = try AttackedVault()
    try vault.put("vault", of: "older")
    #expect(await vault.verify(remembers: false).contains("rollback"))
    #expect(throws: VaultError(.integrity, "")) { try vault.session(remembers: false).checkpoint() }
    try vault.put("warden", of: "older")
    #expect(throws: VaultError(.integrity, "")) { try vault.session(remembers: true).checkpoint() }
    #expect(await vault.verify(remembers: true).contains("rollback"))
    // Who has forgotten both sees an old vault that is whole: that is what auditors and witnesses keep heads for.
    #expect(await vault.verify(remembers: false).isEmpty)
  }

  @Test("an older vault is refused by a checkpoint that an auditor kept")
  func keptCheckpoint() async throws {
    let vault = try AttackedVault()
    var anchor = LogAnchor()
    anchor.kept = try vault.session().checkpoint()
    #expect(try await vault.verifyKeyless(anchor).isEmpty)
    try vault.put("vault", of: "older")
    #expect(try await vault.verifyKeyless(anchor) == ["rollback"])
  }

  @Test("a vault that went on from an older state is refused as forked")
  func forked() async throws {
    let vault = try AttackedVault()
    try vault.put(back: "older")
    for _ in 0..<12 { _ = try vault.session().listCustomers(after: nil, limit: 1) }
    try vault.put("warden", of: "newer")
    #expect(throws: VaultError(.integrity, "")) { try vault.session(remembers: false).checkpoint() }
    #expect(await vault.verify().contains("rollback"))
  }

  @Test("a truncated log is refused")
  func truncated() async throws {
    let vault = try AttackedVault()
    try vault.execute(
      """
      DELETE FROM checkpoint WHERE size > 4;
      DELETE FROM entry WHERE seq >= (SELECT max(size) FROM checkpoint);
      DELETE FROM statement WHERE seq >= (SELECT max(size) FROM checkpoint);
      """)
    #expect(await vault.verify().contains("rollback"))
    // The log itself is whole: only what was seen of it before, and the rows, tell.
    #expect(try await vault.verifyKeyless().isDisjoint(with: ["gap", "checkpoint", "log-signature"]))
  }

  @Test("the file of customer keys of another vault, or an older one that lacks a customer, is refused")
  func otherWarden() async throws {
    let vault = try AttackedVault()
    let other = try SQLiteStore.create(folder: vault.folder.file("other"))
    _ = try SampleVault(in: other, wardenPath: vault.folder.file("other.outer"))
    try FileManager.default.removeItem(atPath: vault.warden)
    try FileManager.default.copyItem(atPath: vault.folder.file("other.outer"), toPath: vault.warden)
    #expect(await vault.verify().contains("warden"))
    #expect(throws: WardenError(.integrity, "")) { try vault.session(remembers: false).checkpoint() }
  }

  // MARK: - Checkpoints

  @Test("a checkpoint needs both signature lines", arguments: [0, 1])
  func signatureRemoved(line: Int) async throws {
    for size in [3, nil] {
      let vault = try AttackedVault()
      try vault.editNote(size: size) { note in
        var edited = try SignedNote(text: note.text)
        for (index, signature) in note.signatures.enumerated() where index != line {
          edited.append(signature)
        }
        return edited.bytes
      }
      let found = await vault.verify()
      #expect(found.contains(line == 0 ? "log-signature" : "user-signature"))
      if size == nil {
        #expect(throws: VaultError(.integrity, "")) { try vault.session().checkpoint() }
      }
    }
  }

  @Test("a checkpoint with another's signature, an extension line or an older text is refused")
  func signatureReplaced() async throws {
    let edits: [(SignedNote) throws -> [UInt8]] = [
      { note in
        String(decoding: note.bytes, as: UTF8.self).replacing("\n\n", with: "\nextension\n\n").utf8.map { $0 }
      },
      { note in
        var edited = try SignedNote(text: note.text + Array("extra\n".utf8))
        for signature in note.signatures { edited.append(signature) }
        return edited.bytes
      },
      { note in
        var edited = try SignedNote(text: note.text)
        let (log, user) = (note.signatures[0], note.signatures[1])
        edited.append(NoteSignature(name: log.name, keyID: log.keyID, signature: user.signature))
        edited.append(NoteSignature(name: user.name, keyID: user.keyID, signature: log.signature))
        return edited.bytes
      },
      { note in Array(note.bytes.dropLast()) },
      { _ in [] },
    ]
    for edit in edits {
      for size in [3, nil] {
        let vault = try AttackedVault()
        try vault.editNote(size: size, edit)
        #expect(await !vault.verify().isEmpty)
        if size == nil {
          #expect(throws: VaultError(.integrity, "")) { try vault.session().checkpoint() }
        }
      }
    }
  }

  // MARK: - Insiders, who hold the log's key

  @Test("an entry whose actor is not the signer of its commit is a finding")
  func forgedActor() async throws {
    let vault = try AttackedVault()
    try vault.commitAsAgent(EntryDraft(.access, "customer.show")) { vault.original.owner.identity }
    #expect(await vault.verify() == ["actor"])
    #expect(try await vault.verifyKeyless().isEmpty)
  }

  @Test("a role that its signer does not have is a finding")
  func forgedRole() async throws {
    let vault = try AttackedVault()
    try vault.commitAsAgent(EntryDraft(.access, "customer.show"), role: .custodian) {
      vault.original.agent.identity
    }
    #expect(await vault.verify() == ["actor"])
  }

  @Test("a statement by somebody who may not make it closes the vault")
  func forgedStatement() async throws {
    let vault = try AttackedVault()
    let agent = vault.original.agent
    let governance = try vault.session().readPublic { $1.governance }
    var draft = EntryDraft(.governance, "role.grant")
    draft.statement = try Statement.sign(
      .grantRole(user: agent.keyID, role: .custodian, expires: SystemClock().now()), by: agent,
      time: SystemClock().now(), previous: governance.head, vault: governance.vaultID)
    try vault.commitAsAgent(draft) { agent.identity }
    #expect(throws: VaultError(.integrity, "")) { try vault.session().checkpoint() }
    #expect(await vault.verify().isSuperset(of: ["governance"]))
    #expect(try await vault.verifyKeyless() == ["governance"])
  }

  @Test("a key that was planted for a role is refused by whoever would use it")
  func plantedKey() async throws {
    let vault = try AttackedVault()
    let opened = try vault.session().readPublic { $1.governance }
    let planted = try SharedKey<SharedSecretPurpose>(.random()).key.withBytes {
      try KeyChain.row(
        $0, kind: .dataClass(.identity), vault: opened.vaultID, to: try #require(opened.roleKey(.steward)),
        recipient: [Role.steward.rawValue])
    }
    guard case .blob(let sealed)? = planted.values.last else { return }
    try vault.execute(
      "UPDATE key_grant SET sealed = \(sealed.sql) WHERE kind = 2 AND subject = 1 AND recipient = X'04'")
    guard case .failure(let error) = vault.show() else {
      Issue.record("a planted key was used")
      return
    }
    #expect(AttackedVault.name(of: error) == "integrity")
    #expect(await vault.verify() == ["rows"])
  }

  @Test("somebody who was removed can sign nothing any more")
  func removedSigner() async throws {
    let vault = try AttackedVault()
    let key = try vault.logKeyOfAgent()
    try vault.session().removeUser("mallory")
    try vault.commitAsAgent(EntryDraft(.access, "customer.show"), key: key) { vault.original.agent.identity }
    #expect(throws: VaultError(.integrity, "")) { try vault.session().checkpoint() }
    #expect(try await vault.verifyKeyless() == ["user-signature", "uncovered"])
  }
}
