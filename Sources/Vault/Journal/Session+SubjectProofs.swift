public import AuditLog
internal import Sodium

extension Session {
  /// An entry that is about a customer, or whose set the customer is not in, with the proof of it.
  public struct AccessProof: Sendable {
    /// How the entry is about the customer.
    public enum Relation: String, Sendable {
      /// It names the customer.
      case direct
      /// The customer is in its set.
      case set
      /// The customer is not in its set.
      case absent
    }

    /// The entry.
    public let entry: LogEntry
    /// How it is about the customer.
    public let relation: Relation
    /// Whether it counts as an access: not where the customer is absent, and not for an intent whose result left the
    /// customer out.
    public let isAccess: Bool
    /// What proves it offline.
    public let evidence: EntryEvidence
  }

  /// Proves every access to a customer, and of every bulk run that the customer was, or was not, in it.
  ///
  /// It is a reading of the log, and an entry. The log is read once for the tree and once for the parts; what is kept in
  /// memory is a number an entry that is about the customer.
  ///
  /// - Parameters:
  ///   - withWho: whether the evidence shows who acted; not in what goes to the customer.
  ///   - enrolled: is given the evidence that the customer's ordinal is the customer, before anything else.
  ///   - body: is given every entry, in order.
  public func proveAccesses(
    to id: Pseudonym, withWho: Bool, enrolled: (EntryEvidence) throws -> Void,
    _ body: (AccessProof) throws -> Void
  ) throws {
    let request = AccessRequest(.auditRead, subject: .customer(id))
    var (auditor, log) = try openLog("subject", ["proofs": .bool(true)], request)
    let key = try publicLog().key
    let prover = try log.prover()
    let rule = environment.warden.pseudonyms()
    guard let ordinal = try environment.store.read({ try Directory.ordinal(of: id, rule, $0) }) else {
      throw VaultError(.integrity, "the directory has changed meanwhile")
    }
    try enrolled(try enrolment(of: ordinal, id, &auditor, log, prover, key))
    var search = SubjectSearch(id: id.description, ordinal: ordinal)
    try log.visit { row, session in
      let entry = try auditor.open(row, try Self.envelope(row), session)
      try search.take(entry) { reference in
        try environment.store.read { try auditor.set(reference, seq: entry.envelope.seq, session, $0) }
      }
    }
    for (seq, relation) in search.found {
      let (row, session, proof) = try log.proven(seq, prover, logKey: key)
      let entry = try auditor.open(row, try Self.envelope(row), session)
      var evidence = EntryEvidence(
        proof: proof, envelope: entry.envelopeBytes, what: entry.whatBytes,
        who: withWho ? entry.whoBytes : nil)
      if relation != .direct, let reference = entry.what.set {
        let set = try environment.store.read { try auditor.set(reference, seq: seq, session, $0) }
        evidence.chunk = try set.proof(of: ordinal)
      }
      let isAccess = relation != .absent && !search.spared.contains(seq)
      try body(AccessProof(entry: entry, relation: relation, isAccess: isAccess, evidence: evidence))
    }
  }

  /// The proof of which customer an ordinal is, from the batch that enrolled it.
  func enrolment(
    of ordinal: UInt64, _ id: Pseudonym, _ auditor: inout LogAuditor, _ log: StoredLog,
    _ prover: LogProver<LogStoreSource>, _ key: LogVerifierKey
  ) throws -> EntryEvidence {
    let row = try environment.store.read { try EnrolmentRow.holding(ordinal, $0) }
    guard let row else {
      throw VaultError(.integrity, "no batch of new customers holds this one")
    }
    let (entryRow, session, proof) = try log.proven(row.seq, prover, logKey: key)
    let entry = try auditor.open(entryRow, try Self.envelope(entryRow), session)
    let secret = try auditor.enrolmentSecret(row.sealed, seq: row.seq, session)
    let batch = try environment.store.read { try EnrolBatch(try row.members($0), secret: secret) }
    let member = try batch.proof(of: ordinal)
    let evidence = EntryEvidence(
      proof: proof, envelope: entry.envelopeBytes, what: entry.whatBytes, member: member)
    let proven = try evidence.verify(keys: [key])
    guard proven.customer?.pseudonym == UInt128(id.high) << 64 | UInt128(id.low) else {
      throw VaultError(.integrity, "the customer's ordinal was enrolled as another customer")
    }
    return evidence
  }
}

/// Which entries are about one customer: numbers only.
private struct SubjectSearch {
  let id: String
  let ordinal: UInt64
  var found: [(seq: UInt64, relation: Session.AccessProof.Relation)] = []
  /// Intents whose result left the customer out.
  var spared: Set<UInt64> = []

  init(id: String, ordinal: UInt64) {
    self.id = id
    self.ordinal = ordinal
  }

  mutating func take(_ entry: LogEntry, _ set: (SetReference) throws -> CommittedSet) throws {
    let seq = entry.envelope.seq
    if entry.what.namedCustomers.contains(id) {
      found.append((seq, .direct))
    } else if let reference = entry.what.set, ordinal < reference.universe {
      let isMember = try set(reference).set.contains(ordinal)
      found.append((seq, isMember ? .set : .absent))
      if !isMember, entry.what.phase == .result, let ref = entry.what.ref { spared.insert(ref) }
    }
  }
}

/// A batch of new customers as its row has it.
struct EnrolmentRow: Sendable {
  let seq: UInt64
  let first: UInt64
  let count: UInt64
  let sealed: [UInt8]

  init(_ row: Row) throws(VaultError) {
    guard row.values.count == 4, case .integer(let seq) = row.values[0], seq >= 0,
      case .integer(let first) = row.values[1], first >= 0, case .integer(let count) = row.values[2],
      count >= 0,
      count <= 1 << 32, first <= Int64.max - count, case .blob(let sealed) = row.values[3]
    else { throw VaultError(.integrity, "a batch of new customers is malformed") }
    self.seq = UInt64(seq)
    self.first = UInt64(first)
    self.count = UInt64(count)
    self.sealed = sealed
  }

  /// The newest batch that holds an ordinal, or nil.
  static func holding(_ ordinal: UInt64, _ reader: any StoreReader) throws -> EnrolmentRow? {
    var found: EnrolmentRow?
    try reader.scan(Schema.enrolment, prefix: [], range: nil, descending: true) { row in
      let batch = try EnrolmentRow(row)
      if (batch.first..<batch.first + batch.count).contains(ordinal) { found = batch }
      return found == nil
    }
    return found
  }

  /// Its customers, from the directory.
  func members(_ reader: any StoreReader) throws -> [EnrolBatch.Member] {
    var members: [EnrolBatch.Member] = []
    try reader.scan(
      Schema.directory, prefix: [], range: Int64(first)..<Int64(first + count), descending: false
    ) { row in
      let entry = try Directory.entry(row)
      let pseudonym = UInt128(entry.pseudonym.high) << 64 | UInt128(entry.pseudonym.low)
      members.append(EnrolBatch.Member(ordinal: entry.ordinal, pseudonym: pseudonym))
      return true
    }
    return members
  }
}
