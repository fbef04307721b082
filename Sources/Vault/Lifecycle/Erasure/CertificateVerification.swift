public import AuditLog
internal import Sodium

/// What a certificate of erasure proves, checked offline: no vault, no keys but the log's public one.
public struct ProvenErasure: Sendable {
  /// The customer.
  public let customer: Pseudonym
  /// Those who were merged into it and erased with it.
  public let merged: [Pseudonym]
  /// The classes that are erased.
  public let classes: [DataClass]
  /// The classes that are still there.
  public let kept: [DataClass]
  /// The index of the newest statement's entry.
  public let seq: UInt64
  /// When that was.
  public let time: LogTime
  /// The key id of who signed the certificate, a privacy officer.
  public let signedBy: KeyID
  /// How many matching tags are kept.
  public let tags: Int
  /// What the erasure does not reach, in words.
  public let notReached: [String]
  /// The checkpoint under which the erasure is.
  public let checkpoint: Checkpoint
}

extension ErasureCertificate {
  /// Whether a file says of itself that it is a certificate of erasure.
  public static func isOne(_ bytes: [UInt8]) -> Bool {
    guard bytes.first == UInt8(ascii: "{"), bytes.count <= byteLimit, bytes.last == UInt8(ascii: "\n"),
      let json = try? CanonicalJSON.parse(bytes.dropLast() + [])
    else { return false }
    return json.object?["type"]?.string == type
  }

  /// Checks everything that a certificate says, from the genesis statement on.
  ///
  /// - Parameter keys: public keys of logs; one of them must be, or have been, this vault's.
  /// - Throws: ``VaultError`` `.integrity` with the reason, ``LogError``.
  public static func verify(_ bytes: [UInt8], keys: [LogVerifierKey]) throws -> ProvenErasure {
    let claim = try Claim(bytes)
    let governance = try claim.governance()
    let trusted = try claim.trustedKeys(governance, keys)
    guard governance.vaultID == claim.vault else { throw failure("is of another vault than its statements") }
    guard let signer = governance.users[claim.by], governance.roles(of: claim.by).contains(.privacyOfficer),
      signer.member.signingKey.verifies(
        claim.signature.span, of: ErasureCertificate.message(claim.unsigned, claim.vault).span)
    else { throw failure("is not signed by a privacy officer of the vault") }
    let ordinals = try claim.ordinals(trusted)
    let erased = try claim.erasures(trusted, governance.subjects, ordinals)
    try claim.removals(trusted, of: erased)
    guard let newest = erased.max(by: { $0.order.seq < $1.order.seq }) else {
      throw failure("proves no erasure")
    }
    let classes = ordinals.map { ordinal in
      Set(erased.filter { $0.order.ordinals.contains(ordinal) }.flatMap(\.order.classes))
    }
    guard !claim.classes.isEmpty, classes.allSatisfy({ claim.classes.isSubset(of: $0) }),
      claim.kept.isDisjoint(with: claim.classes)
    else {
      throw failure("names other classes than the statements erase")
    }
    return ProvenErasure(
      customer: claim.customer, merged: claim.merged, classes: claim.classes.sorted(),
      kept: claim.kept.sorted(), seq: newest.order.seq, time: newest.proven.envelope.time,
      signedBy: claim.by, tags: claim.tags, notReached: claim.notReached,
      checkpoint: newest.proven.checkpoint)
  }

  static func failure(_ what: String) -> VaultError { VaultError(.integrity, "the certificate \(what)") }

  /// A certificate as it was read: nothing of it is believed yet.
  private struct Claim {
    let vault: VaultID
    let by: KeyID
    let customer: Pseudonym
    let merged: [Pseudonym]
    let classes: Set<DataClass>
    let kept: Set<DataClass>
    let tags: Int
    let notReached: [String]
    let signature: [UInt8]
    let unsigned: [UInt8]
    private let erased: [Evidence]
    private let removed: [Evidence]
    private let enrolled: [Evidence]
    private let chain: [(seq: UInt64, statement: Statement)]

    init(_ bytes: [UInt8]) throws {
      guard bytes.count <= ErasureCertificate.byteLimit, bytes.last == UInt8(ascii: "\n"),
        case .object(var members) = try CanonicalJSON.parseCanonical(bytes.dropLast() + [])
      else { throw failure("is malformed") }
      var reader = MemberReader(members)
      members["sig"] = nil
      unsigned = try CanonicalJSON.encode(.object(members))
      signature = try reader.bytes("sig", count: 64)
      guard try reader.value("v") == .integer(1), try reader.string("type") == ErasureCertificate.type,
        let vault = Hexadecimal.bytes(try reader.string("vault")).flatMap({ VaultID($0) }),
        let customer = Pseudonym(try reader.string("customer")),
        case .integer(let tags) = try reader.value("tags"), tags >= 0
      else { throw failure("is malformed") }
      self.vault = vault
      self.customer = customer
      self.tags = Int(tags)
      _ = try reader.time("t")
      by = try reader.keyID("by")
      merged = try reader.array("merged").map { value in
        guard let id = value.string.flatMap({ Pseudonym($0) }) else { throw failure("is malformed") }
        return id
      }
      classes = try Self.classes(reader.array("classes"))
      kept = try Self.classes(reader.array("kept"))
      notReached = try reader.array("not_reached").compactMap(\.string)
      erased = try reader.array("erasures").map { try Evidence($0) }
      removed = try reader.array("removals").map { try Evidence($0) }
      enrolled = try reader.array("enrolments").map { try Evidence($0) }
      chain = try reader.array("chain").map { value in
        var link = try MemberReader(value)
        let made = (seq: try link.index("seq"), statement: try Statement(link.value("statement")))
        try link.finish()
        return made
      }
      try reader.finish()
    }

    private static func classes(_ values: [JSONValue]) throws -> Set<DataClass> {
      Set(
        try values.map { value in
          guard let found = value.string.flatMap({ DataClass(name: $0) }) else {
            throw failure("is malformed")
          }
          return found
        })
    }

    /// The governance state that the statements make: each is signed, and follows the one before.
    func governance() throws -> Governance {
      guard let first = chain.first, first.seq == 0 else { throw failure("lacks the genesis statement") }
      var governance = try Governance(genesis: first.statement)
      for link in chain.dropFirst() { try governance.apply(link.statement, at: link.seq) }
      return governance
    }

    /// The keys under which this log's checkpoints count.
    func trustedKeys(_ governance: Governance, _ given: [LogVerifierKey]) throws -> [LogVerifierKey] {
      let known = governance.logKeys.map(\.key)
      guard
        given.contains(where: {
          known.contains($0.key) && LogOrigin($0.name).base == governance.vaultID.origin
        })
      else {
        throw failure("is of a vault whose public key was not given")
      }
      let own = try governance.trustedLogKeys().map(\.key)
      return own + given.filter { key in !own.contains { $0.key == key.key && $0.name == key.name } }
    }

    /// The ordinals of the customer and of those merged into it, as the entries that enrolled them show.
    func ordinals(_ keys: [LogVerifierKey]) throws -> [UInt64] {
      var ordinals: [Pseudonym: UInt64] = [:]
      for item in enrolled {
        guard let member = try item.evidence.verify(keys: keys).customer else {
          throw failure("does not show whose the erased ordinals are")
        }
        let pseudonym = Pseudonym(
          high: UInt64(member.pseudonym >> 64), low: UInt64(truncatingIfNeeded: member.pseudonym))
        ordinals[pseudonym] = member.ordinal
      }
      return try ([customer] + merged).map { id in
        guard let ordinal = ordinals[id] else { throw failure("is of another customer than was erased") }
        return ordinal
      }
    }

    /// The statements' entries: in the log, and orders of the chain.
    func erasures(
      _ keys: [LogVerifierKey], _ subjects: SubjectStanding, _ ordinals: [UInt64]
    ) throws -> [(order: ErasureOrder, proven: ProvenEntry)] {
      try erased.map { item in
        let proven = try item.evidence.verify(keys: keys)
        guard proven.envelope.kind == .erasure, let json = proven.envelope.statement,
          case let statement = try Statement(json),
          let order = subjects.erasures.first(where: {
            $0.seq == proven.envelope.seq && $0.statement == statement.hash
          })
        else { throw failure("has an entry that carries no erasure of the vault's statements") }
        guard !Set(order.ordinals).isDisjoint(with: ordinals) else {
          throw failure("is of another customer than was erased")
        }
        return (order, proven)
      }
    }

    /// Each erasure's rows were taken away, as an entry of the log tells.
    func removals(
      _ keys: [LogVerifierKey], of erased: [(order: ErasureOrder, proven: ProvenEntry)]
    ) throws {
      let told = Set(
        try removed.map { item in
          let proven = try item.evidence.verify(keys: keys)
          guard let what = proven.what, what.action == Action.subjectErase.rawValue, what.phase == .result,
            what.outcome == .allowed, let ref = what.ref
          else { throw failure("has an entry that tells of no removal") }
          return ref
        })
      guard erased.allSatisfy({ told.contains($0.order.seq) }) else {
        throw failure("does not prove that the rows were taken away")
      }
    }
  }
}
