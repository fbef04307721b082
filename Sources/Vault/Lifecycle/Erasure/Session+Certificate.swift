internal import AuditLog
internal import Sodium

extension Session {
  /// A signed certificate of everything that was erased of a customer, with the proofs that it counts by.
  ///
  /// It reads the log, which is an entry, and can be asked for again at any time.
  ///
  /// - Throws: `.notFound` where nothing of the customer is erased; `.busy` while rows are still to be taken away.
  public func erasureCertificate(of id: Pseudonym) throws -> ErasureCertificate {
    var (auditor, log) = try openLog(
      "certificate", [:], AccessRequest(.auditRead, subject: .customer(id)))
    let key = try publicLog().key
    let prover = try log.prover()
    let found = try readPublic { reader, opened in
      try CertifiedCustomer(id, opened, opened.directory(reader, environment.warden), reader)
    }
    let erasures = try found.orders.map { try evidence($0.seq, &auditor, log, prover, key) }
    let removals = try found.orders.map { order in
      try removal(of: order, &auditor, log).map { try evidence($0, &auditor, log, prover, key) }
    }
    guard removals.allSatisfy({ $0 != nil }) else {
      throw VaultError(.busy, "rows of the customer are still to be taken away", hint: "try again")
    }
    let rule = environment.warden.pseudonyms()
    let enrolments = try found.ordinals.map {
      try enrolment(of: $0, rule.pseudonym(of: $0), &auditor, log, prover, key)
    }
    return try ErasureCertificate(
      ErasureCertificate.Content(
        vault: found.vault, time: environment.clock.now(), by: environment.identity.keyID, customer: id,
        merged: found.ordinals.dropFirst().map { rule.pseudonym(of: $0) }, classes: found.classes,
        kept: Set(DataClass.allCases).subtracting(found.classes), tags: found.tags,
        erasures: erasures.map { ErasureCertificate.Evidence($0) },
        removals: removals.compactMap(\.self).map { ErasureCertificate.Evidence($0) },
        enrolments: enrolments.map { ErasureCertificate.Evidence($0) }, chain: found.chain),
      by: environment.identity)
  }

  private func evidence(
    _ seq: UInt64, _ auditor: inout LogAuditor, _ log: StoredLog, _ prover: LogProver<LogStoreSource>,
    _ key: LogVerifierKey
  ) throws -> EntryEvidence {
    let (row, session, proof) = try log.proven(seq, prover, logKey: key)
    let entry = try auditor.open(row, try Self.envelope(row), session)
    return EntryEvidence(
      proof: proof, envelope: entry.envelopeBytes, what: entry.lacks(.what) ? nil : entry.whatBytes)
  }

  /// The entry that tells what an erasure took away: the first one behind its statement that refers to it.
  private func removal(of order: ErasureOrder, _ auditor: inout LogAuditor, _ log: StoredLog) throws
    -> UInt64?
  {
    for seq in (order.seq + 1)..<max(order.seq + 1, log.head.size) {
      let (row, session) = try log.entry(seq)
      guard row.prunedLeaf == nil else { continue }
      let entry = try auditor.open(row, try Self.envelope(row), session)
      if entry.what.action == Action.subjectErase.rawValue, entry.what.phase == .result,
        entry.what.outcome == .allowed, entry.what.ref == order.seq
      {
        return seq
      }
    }
    return nil
  }
}

/// What a certificate tells of a customer, as the vault has it at one moment.
private struct CertifiedCustomer {
  let vault: VaultID
  /// The customer and those erased with it, its own ordinal first.
  let ordinals: [UInt64]
  /// The erasures of any of them.
  let orders: [ErasureOrder]
  /// The classes that are erased of all of them.
  let classes: Set<DataClass>
  let tags: Int
  /// Every statement of the vault, with its entry's index.
  let chain: [(seq: UInt64, statement: JSONValue)]

  init(
    _ id: Pseudonym, _ opened: Session.Opened, _ directory: CustomerDirectory, _ reader: any StoreReader
  ) throws {
    guard let entry = try directory.entry(of: id) else {
      throw VaultError(.notFound, "there is no customer with this id")
    }
    let subjects = opened.governance.subjects
    // Who was merged into the customer is known from the statement, when the links are gone.
    let own = subjects.erasures.filter { $0.ordinals.contains(entry.ordinal) }
    let others = Set(own.flatMap(\.ordinals)).subtracting([entry.ordinal]).sorted()
    let ordinals = [entry.ordinal] + others
    orders = subjects.erasures.filter { order in order.ordinals.contains(where: ordinals.contains) }
    self.ordinals = ordinals
    guard !own.isEmpty else {
      throw VaultError(.notFound, "nothing of this customer was erased", hint: "crmvault subject erase ID")
    }
    classes = ordinals.map { subjects.erasedClasses(of: $0) }
      .reduce(Set(DataClass.allCases)) { $0.intersection($1) }
    vault = opened.governance.vaultID
    let seqs = Set(orders.map { Value.integer(Int64($0.seq)) })
    var tags = 0
    try reader.scan(Schema.suppression, prefix: [], range: nil, descending: false) { row in
      if seqs.contains(row.values[1]) { tags += 1 }
      return true
    }
    self.tags = tags
    chain = try Self.chain(reader)
  }

  private static func chain(_ reader: any StoreReader) throws -> [(seq: UInt64, statement: JSONValue)] {
    var chain: [(seq: UInt64, statement: JSONValue)] = []
    try reader.scan(Schema.statement, prefix: [], range: nil, descending: false) { row in
      guard case .integer(let seq)? = row.values.first,
        let entry = try reader.row(Schema.entry, key: [.integer(seq)]),
        let statement = try Session.envelope(try EntryRow(entry)).statement
      else { throw VaultError(.integrity, "a statement is missing") }
      chain.append((UInt64(clamping: seq), statement))
      return true
    }
    return chain
  }
}
