import Foundation
import Sodium
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault
@testable import VaultSQLite

/// A vault with a second person, a backup of it, and what happened after the backup.
final class RestoreScene {
  let vault: BackedUpVault
  let officer = SecretIdentity.generate(name: "paula")
  let agent = SecretIdentity.generate(name: "adam")
  let backup: Session.Backup
  let memory: String
  private var number = 0

  init(alone: Bool = false) throws {
    vault = try BackedUpVault()
    memory = vault.folder.file("memory")
    try vault.addCustomer("Ada Example")
    if !alone {
      _ = try vault.session().addUser(officer.identity, roles: [.privacyOfficer])
      _ = try vault.session().addUser(agent.identity, roles: [.agent])
    }
    backup = try vault.backUp()
  }

  /// What goes on after the backup, seen by a machine with a memory.
  func goOn() throws {
    try vault.addCustomer("Bert Example")
    for _ in 0..<3 { try vault.session(.auditor).readLog(LogQuery(), limit: 0) { _ in } }
    _ = try session(on: vault.store, memory: true).standing()
  }

  func session(
    on store: any Store, as identity: SecretIdentity? = nil, role: Role? = nil, memory: Bool = false,
    warden: FileWarden? = nil
  ) -> Session {
    Session(
      Session.Environment(
        store: store, warden: warden ?? vault.sample.warden, identity: identity ?? vault.sample.owner,
        clock: vault.clock, memoryFolder: memory ? self.memory : nil, ballast: nil, origin: "test"),
      role: role, ticket: nil)
  }

  func request(_ name: String = "backup", by identity: SecretIdentity? = nil) throws -> RestoreRequest {
    let file = try vault.file(name)
    return try RestoreRequest.sign(
      file.header, digest: file.digest(), newer: vault.sample.warden.head(),
      by: identity ?? vault.sample.owner,
      time: vault.clock.now())
  }

  func approve(_ request: RestoreRequest, by identity: SecretIdentity? = nil) throws -> RestoreApproval {
    try RestoreApproval.sign(request, by: identity ?? officer, time: vault.clock.now(), days: 7)
  }

  /// Unpacks the backup into a store of its own.
  func unpacked(_ name: String = "backup") throws -> SQLiteStore {
    number += 1
    return try vault.unpacked(vault.file(name), into: "restored-\(number)")
  }

  func restore(
    _ request: RestoreRequest, _ approval: RestoreApproval?, of name: String = "backup", newer: NewerLog? = nil,
    by identity: SecretIdentity? = nil
  ) throws -> (store: SQLiteStore, outcome: VaultRestore.Outcome) {
    let file = try vault.file(name)
    let store = try unpacked(name)
    let restore = VaultRestore(
      file.header, digest: try file.digest(), request: request, approval: approval, newer: newer)
    let outcome = try restore.run(
      in: store, warden: vault.sample.warden, identity: identity ?? vault.sample.owner, clock: vault.clock,
      host: "test")
    return (store, outcome)
  }

  /// Asks, approves, restores, and lets the warden know.
  func restored(newer: NewerLog? = nil) throws -> (store: SQLiteStore, outcome: VaultRestore.Outcome) {
    let request = try request()
    let result = try restore(request, approve(request), newer: newer)
    try vault.sample.warden.remember(result.outcome.head)
    return result
  }

  /// Writes a statement of this content under the log's new name, as whoever holds the custodian's keys can with another
  /// program: nothing of it is checked.
  func state(_ restoration: Restoration, in store: any Store, by identity: SecretIdentity? = nil) throws {
    var draft = EntryDraft(.governance, "backup.restore")
    let identity = identity ?? vault.sample.owner
    try commit([draft], in: store, by: identity, origin: restoration.origin) { log in
      draft.statement = try Statement.sign(
        .restore(restoration), by: identity, time: self.vault.clock.now(), previous: log.governance.head,
        vault: log.governance.vaultID)
      return [draft]
    }
  }

  /// Writes entries with another program, under any name of the log.
  func commit(
    _ drafts: [EntryDraft], in store: any Store, by identity: SecretIdentity? = nil,
    origin number: UInt32 = 1,
    _ make: ((VerifiedLog) throws -> [EntryDraft])? = nil
  ) throws {
    let identity = identity ?? vault.sample.owner
    try store.write { writer in
      let log = try VerifiedLog(writer, remembered: [])
      let keys = try OpenedKeys(
        .custodian, chain: KeyChain(identity: vault.sample.owner, governance: log.governance), writer)
      let commit = Commit(writer, log: log)
      for draft in try make?(log) ?? drafts { commit.append(draft) }
      let session = try AuditSession(
        vault: log.governance.vaultID, auditKey: log.governance.genesis.auditKey, epoch: 1)
      let head = try commit.finish(
        session: session, isSessionStored: false,
        actor: EntryActor(
          name: identity.identity.name, key: identity.keyID, role: .custodian, session: session.id,
          origin: "x"),
        logKey: keys.logKey.key, identity: identity, policy: log.governance.policy, clock: vault.clock)
      let origin = LogOrigin(base: log.governance.vaultID.origin, number: number).text
      var note = try Checkpoint(origin: origin, head.range).note()
      let key = try LogVerifierKey(name: origin, key: keys.logKey.key.publicKey)
      note.append(try NoteSigner(key).sign(note.text, with: keys.logKey.key))
      let user = try UserKeyName.verifierKey(origin: origin, key: identity.identity.signingKey)
      note.append(try NoteSigner(user).sign(note.text, with: identity.signing))
      try writer.update(
        Schema.checkpoint,
        Row([.integer(Int64(head.size)), .blob(note.bytes), .blob(log.head.range.encoded)]))
    }
  }
}
