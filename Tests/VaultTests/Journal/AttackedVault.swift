import Foundation
import Sodium
import Testing
import VaultSQLite
import VaultTesting

import class GRDB.DatabaseQueue

@testable import AuditLog
@testable import Vault

/// A small vault in files, in the hands of whoever owns the disk.
///
/// It is made once and copied for every attack: two customers, an update, a search, a second user. `older` is a copy
/// from before the update.
final class AttackedVault: Sendable {
  /// What every copy comes from.
  struct Original: Sendable {
    let folder: TemporaryFolder
    let owner: SecretIdentity
    let agent: SecretIdentity
    let customers: [Pseudonym]
    /// What `show` gives of the first customer.
    let shown: [String]
  }

  static let original = Result { try makeOriginal() }

  let original: Original
  let folder: TemporaryFolder

  init() throws {
    original = try Self.original.get()
    folder = try TemporaryFolder()
    try put(back: "newer")
  }

  var vault: String { folder.file("vault") }
  var warden: String { folder.file("warden") }
  var memory: String { folder.file("memory") }

  /// Puts one state of everything in place.
  func put(back state: String) throws {
    for part in ["vault", "warden", "memory"] { try put(part, of: state) }
  }

  /// Puts one part (`vault`, `warden`, `memory`) of a state in place.
  func put(_ part: String, of state: String) throws {
    try? FileManager.default.removeItem(atPath: folder.file(part))
    try FileManager.default.copyItem(
      atPath: original.folder.file("\(state)/\(part)"), toPath: folder.file(part))
  }

  /// The database of the older state, to be attached.
  var olderDatabase: String { original.folder.file("older/vault/vault.sqlite") }

  /// Runs SQL on the file behind the vault's back.
  func execute(_ sql: String) throws {
    let queue = try DatabaseQueue(path: vault + "/vault.sqlite")
    defer { try? queue.close() }
    try queue.inDatabase { try $0.execute(sql: sql) }
  }

  func session(
    _ identity: SecretIdentity? = nil, role: Role? = nil, remembers: Bool = true
  ) throws -> Session {
    Self.session(
      try SQLiteStore.open(folder: vault), try FileWarden.open(path: warden), identity ?? original.owner,
      role,
      memory: remembers ? memory : nil)
  }

  /// What the verification of the whole vault finds: codes of problems, or of the refusal.
  func verify(as identity: SecretIdentity? = nil, remembers: Bool = false) async -> Set<String> {
    do {
      let session = try session(identity, remembers: remembers)
      let report = try await session.verifyVault(LogAnchor(), isDeep: false, purpose: nil, workers: 1)
      #expect(report.isOK == report.problems.isEmpty)
      return Set(report.problems.map(\.code.name))
    } catch {
      return [Self.name(of: error)]
    }
  }

  /// What a log's verification finds with no user at all.
  func verifyKeyless(_ anchor: LogAnchor = LogAnchor()) async throws -> Set<String> {
    let store = try SQLiteStore.open(folder: vault, readOnly: true)
    return Set(try await Session.verifyLog(in: store, anchor, workers: 2).problems.map(\.code.name))
  }

  /// The values that `show` gives of the first customer, or why it does not.
  func show() -> Result<[String], any Error> {
    Result {
      let session = try session(role: .steward, remembers: false)
      let view = try session.showCustomer(
        original.customers[0], purpose: "fraud-prevention", reveal: .everything)
      return Self.values(view)
    }
  }

  /// The word for an error: what decides the exit code.
  static func name(of error: any Error) -> String {
    if VerificationReport.damage(error) != nil { return "integrity" }
    return switch error {
    case let error as VaultError: error.code.description
    case let error as StoreError: error.code.description
    case let error as WardenError: error.code.description
    case let error as LogError: error.code.name
    default: "unexpected: \(error)"
    }
  }

  static func values(_ view: CustomerView) -> [String] {
    var values: [String] = []
    for dataClass in [DataClass.identity, .profile] {
      for name in view.names(of: dataClass) {
        _ = view.withValue(of: name, in: dataClass) { values.append("\(name)=\(String(copying: $0))") }
      }
    }
    return values.sorted()
  }

  private static func session(
    _ store: any Store, _ warden: any Warden, _ identity: SecretIdentity, _ role: Role?, memory: String?
  ) -> Session {
    Session(
      Session.Environment(
        store: store, warden: warden, identity: identity, clock: SystemClock(), memoryFolder: memory,
        ballast: nil,
        origin: "test"),
      role: role, ticket: nil)
  }

  private static func makeOriginal() throws -> Original {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.create(folder: folder.file("vault"))
    let sample = try SampleVault(in: store, wardenPath: folder.file("warden"))
    let session = session(store, sample.warden, sample.owner, nil, memory: folder.file("memory"))
    let agent = SecretIdentity.generate(name: "mallory")
    var customers: [Pseudonym] = []
    for (name, phone) in [("Ada Example", "+8613812345678"), ("Bert Example", "+8613812345679")] {
      var fields = FieldRecord()
      for (field, value) in [("name", name), ("phone", phone), ("birth_date", "1980-01-02")] {
        try fields.set(try #require(FieldName(field)), to: value.utf8.span)
      }
      customers.append(try session.addCustomer(fields, purpose: nil))
    }
    _ = try session.addUser(agent.identity, roles: [.agent])
    try save("older", folder)
    var changes = FieldRecord()
    try changes.set(.phone, to: "+8613812345670".utf8.span)
    _ = try session.updateCustomer(customers[0], changes, removed: [], purpose: nil)
    var text = WipedBytes(capacity: 8)
    text.append(copying: Array("Exam".utf8))
    _ = try session.searchCustomers(text, purpose: nil, limit: 10)
    let view = try Self.session(store, sample.warden, sample.owner, .steward, memory: nil)
      .showCustomer(customers[0], purpose: "fraud-prevention", reveal: .everything)
    let shown = values(view)
    try save("newer", folder)
    try store.close()
    return Original(folder: folder, owner: sample.owner, agent: agent, customers: customers, shown: shown)
  }

  private static func save(_ state: String, _ folder: TemporaryFolder) throws {
    try FileManager.default.createDirectory(atPath: folder.file(state), withIntermediateDirectories: false)
    for part in ["vault", "warden", "memory"] {
      try FileManager.default.copyItem(atPath: folder.file(part), toPath: folder.file("\(state)/\(part)"))
    }
  }
}

extension AttackedVault {
  /// Changes a checkpoint's note: of a size, or the newest.
  func editNote(size: Int?, _ edit: (SignedNote) throws -> [UInt8]) throws {
    let store = try SQLiteStore.open(folder: vault)
    var row: CheckpointRow?
    try store.read { reader in
      try reader.scan(Schema.checkpoint, prefix: [], range: nil, descending: true) { found in
        let checkpoint = try CheckpointRow(found)
        guard size == nil || Int64(size ?? 0) == checkpoint.size else { return true }
        row = checkpoint
        return false
      }
    }
    try store.close()
    let found = try #require(row)
    let note = try edit(try SignedNote(parsing: found.note))
    try execute("UPDATE checkpoint SET note = \(note.sql) WHERE size = \(found.size)")
  }

  /// The log's key, which every role holds.
  func logKeyOfAgent() throws -> BoxedSigner {
    let store = try SQLiteStore.open(folder: vault)
    defer { try? store.close() }
    return try store.read { reader in
      let governance = try VerifiedLog(reader, remembered: []).governance
      let chain = KeyChain(identity: original.agent, governance: governance)
      return try chain.logKey(.agent, try chain.rolePair(.agent, reader), reader)
    }
  }

  /// What another program of the second user could commit with the keys that he has.
  func commitAsAgent(
    _ draft: EntryDraft, role: Role = .agent, key: BoxedSigner? = nil, as actor: () -> PublicIdentity
  ) throws {
    let key = try key ?? logKeyOfAgent()
    let store = try SQLiteStore.open(folder: vault)
    defer { try? store.close() }
    try store.write { writer in
      let log = try VerifiedLog(writer, remembered: [])
      let governance = log.governance
      let session = try AuditSession(
        vault: governance.vaultID, auditKey: governance.genesis.auditKey, epoch: 1)
      let commit = Commit(writer, log: log)
      commit.append(draft)
      _ = try commit.finish(
        session: session, isSessionStored: false,
        actor: EntryActor(
          name: actor().name, key: actor().keyID, role: role, session: session.id, origin: "elsewhere"),
        logKey: key.key, identity: original.agent, policy: governance.policy, clock: SystemClock())
    }
  }
}

extension String {
  init(copying bytes: Span<UInt8>) { self = String(decoding: [UInt8](copying: bytes), as: UTF8.self) }
}

extension [UInt8] {
  /// A blob as SQL writes it.
  var sql: String { "X'" + Hexadecimal.text(self) + "'" }
}
