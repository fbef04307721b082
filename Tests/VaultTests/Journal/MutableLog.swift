import Sodium
import VaultTesting

@testable import AuditLog
@testable import Vault

/// A vault's log in the hands of somebody who owns the disk, and perhaps the keys of a member: every row as a value.
struct MutableLog {
  /// A vault of two users: its store, what its keys open, and the heads that others remember.
  final class Original: Sendable {
    let store: InMemoryStore
    let sample: SampleVault
    let member: SecretIdentity
    let auditor: LogAuditor
    let logKey: BoxedSigner
    let key: LogVerifierKey

    var owner: SecretIdentity { sample.owner }

    /// Two dozen entries: the owner's, then both users', then the owner's alone from `tail` on.
    init() throws {
      store = InMemoryStore()
      sample = try SampleVault(in: store)
      member = SecretIdentity.generate(name: "mallory")
      let (store, warden, member) = (store, sample.warden, member)
      func session(_ identity: SecretIdentity) -> Session {
        Session(
          Session.Environment(
            store: store, warden: warden, identity: identity, clock: SystemClock(), memoryFolder: nil,
            ballast: nil, origin: "test"),
          role: nil, ticket: nil)
      }
      var customers: [Pseudonym] = []
      for phone in ["+8613812345678", "+8613812345679"] {
        var fields = FieldRecord()
        for (name, value) in [(FieldName.phone, phone)] { try fields.set(name, to: value.utf8.span) }
        customers.append(try session(sample.owner).addCustomer(fields, purpose: nil))
      }
      _ = try session(sample.owner).addUser(member.identity, roles: [.agent])
      for _ in 0..<3 {
        for identity in [sample.owner, member] {
          _ = try session(identity).showCustomer(customers[0], purpose: "service", reveal: .nothing)
        }
        _ = try session(sample.owner).listCustomers(after: nil, limit: 1)
      }
      for _ in 0..<6 { _ = try session(sample.owner).listCustomers(after: nil, limit: 1) }
      let owner = sample.owner
      (auditor, logKey, key) = try store.read { reader in
        let governance = try VerifiedLog(reader, remembered: []).governance
        let chain = KeyChain(identity: owner, governance: governance)
        let keys = try OpenedKeys(.auditor, chain: chain, reader)
        return (
          LogAuditor(vault: governance.vaultID, pair: try keys.auditPair(reader)), keys.logKey,
          try LogVerifierKey(name: governance.vaultID.origin, key: governance.genesis.logKey)
        )
      }
    }
  }

  /// An entry's row.
  struct Entry {
    var kind: Value
    var session: Value
    var envelope: [UInt8]
    var what: Value
    var who: Value
  }

  let original: Original
  var entries: [Entry] = []
  /// By size.
  var checkpoints: [Int: (note: [UInt8], frontier: [UInt8])] = [:]
  var sessions: [Row] = []
  var statements: [Row] = []

  init(_ original: Original) throws {
    self.original = original
    try original.store.read { reader in
      try reader.scan(Schema.entry, prefix: [], range: nil, descending: false) { row in
        let read = try EntryRow(row)
        entries.append(
          Entry(
            kind: row.values[1], session: row.values[2], envelope: read.envelope, what: row.values[4],
            who: row.values[5]))
        return true
      }
      try reader.scan(Schema.checkpoint, prefix: [], range: nil, descending: false) { row in
        let read = try CheckpointRow(row)
        checkpoints[Int(read.size)] = (read.note, read.frontier)
        return true
      }
      for (table, path) in [(Schema.session, \Self.sessions), (Schema.statement, \Self.statements)] {
        try reader.scan(table, prefix: [], range: nil, descending: false) { row in
          self[keyPath: path].append(row)
          return true
        }
      }
    }
  }

  /// A store with these rows in place of the log's.
  func store() throws -> InMemoryStore {
    let copy = original.store.copy()
    try copy.write { writer in
      for table in [Schema.entry, Schema.checkpoint, Schema.session, Schema.statement] {
        var keys: [[Value]] = []
        try writer.scan(table, prefix: [], range: nil, descending: false) { row in
          keys.append(Array(row.values.prefix(table.keyCount)))
          return true
        }
        for key in keys { try writer.delete(table, key: key) }
      }
      for (seq, entry) in entries.enumerated() {
        try writer.insert(
          Schema.entry,
          Row([
            .integer(Int64(seq)), entry.kind, entry.session, .blob(entry.envelope), entry.what, entry.who,
          ]))
      }
      for (size, checkpoint) in checkpoints {
        try writer.insert(
          Schema.checkpoint,
          Row([.integer(Int64(size)), .blob(checkpoint.note), .blob(checkpoint.frontier)]))
      }
      for row in sessions { try writer.insert(Schema.session, row) }
      for row in statements { try writer.insert(Schema.statement, row) }
    }
    return copy
  }

  /// The codes of everything that a verification finds.
  func problems(_ anchor: LogAnchor = LogAnchor(), withAuditKey: Bool = true) async throws -> Set<String> {
    let report = try await LogVerification.run(
      try store(), anchor, auditor: withAuditKey ? original.auditor : nil, workers: 2, progress: { _ in }
    ).report
    return Set(report.problems.map(\.code.name))
  }

  // MARK: - What whoever holds keys can do

  /// Changes an envelope.
  mutating func rewrite(_ seq: Int, _ change: (inout Envelope) throws -> Void) throws {
    var envelope = try Envelope(decoding: entries[seq].envelope)
    try change(&envelope)
    entries[seq].envelope = try envelope.encoded()
  }

  /// Gives every envelope from an entry on the number of its place.
  mutating func renumber(from first: Int) throws {
    for seq in first..<entries.count { try rewrite(seq) { $0.seq = UInt64(seq) } }
  }

  /// Signs every checkpoint behind an entry anew, as somebody who holds the log's key and his own.
  mutating func sign(from seq: Int, as user: SecretIdentity) throws {
    var tree = CompactRange()
    var frontier = CompactRange()
    for (index, entry) in entries.enumerated() {
      tree.append(MerkleTree.leafHash(entry.envelope))
      let size = index + 1
      guard checkpoints[size] != nil else { continue }
      if size > seq {
        var note = try Checkpoint(origin: original.key.name, tree).note()
        note.append(try NoteSigner(original.key).sign(note.text, with: original.logKey.key))
        let name = try UserKeyName.verifierKey(origin: original.key.name, key: user.identity.signingKey)
        note.append(try NoteSigner(name).sign(note.text, with: user.signing))
        checkpoints[size] = (note.bytes, frontier.encoded)
      }
      frontier = tree
    }
  }

  /// Moves every checkpoint behind an entry.
  mutating func shiftCheckpoints(from seq: Int, by distance: Int) {
    checkpoints = Dictionary(
      checkpoints.map { ($0.key > seq ? $0.key + distance : $0.key, $0.value) }, uniquingKeysWith: { $1 })
  }
}
