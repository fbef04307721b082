internal import AuditLog
public import Scoring
internal import Sodium

extension Session {
  /// Bytes of norms in one piece.
  private static let normsPiece = 1 << 18

  /// The norms that were frozen for a purpose, oldest first: one entry.
  public func savedNorms(purpose: String?) throws -> [SavedNorms] {
    let request = AccessRequest(.scoreShow, purpose: purpose, classes: [.score])
    return try access(request) { context in
      try Self.norms(try ScoreCatalogue(context), context.reader)
    } release: { _, context, norms in
      norms.filter { $0.purpose == context.purpose?.name }
    }
  }

  /// Keeps norms, encrypted under the key of the class score: they hold a population's distinct values.
  ///
  /// - Parameters:
  ///   - norms: the norms; their id is the name.
  ///   - population: of whom they are.
  ///   - window: the days that were looked at.
  ///   - purpose: the purpose that the population was gathered for, or nil for the role's default.
  /// - Throws: `.usage` for a name that cannot be one, `.exists` where norms have it.
  public func saveNorms(
    _ norms: FrozenNorms, of population: GatheredCustomers, window: Window, purpose: String?
  ) throws -> SavedNorms {
    guard SavedRun.isName(norms.id) else {
      throw VaultError(
        .usage, "the name of norms has 1 to 64 letters, digits, dots, hyphens and underscores")
    }
    var plaintext = WipedBytes(capacity: 1 << 16)
    norms.encode(into: &plaintext)
    let digest = plaintext.withBytes { BLAKE2b.digest256($0) }
    let bytes = SharedBytes(plaintext)
    var request = AccessRequest(.scoreRun, purpose: purpose, classes: [.score])
    request.details = ["norms": .string(norms.id)]
    return try access(request) { context in
      let catalogue = try ScoreCatalogue(context)
      return (catalogue, try Self.norms(catalogue, context.reader))
    } release: { _, context, prepared in
      let (catalogue, known) = prepared
      guard !known.contains(where: { $0.name == norms.id }) else {
        try recordEnd(of: context, .scoreRun, error: VaultError.Code.exists)
        throw VaultError(
          .exists, "there are norms of this name",
          hint: "choose another, or: crmvault score norms delete \(norms.id)")
      }
      guard population.purpose == context.purpose?.name else {
        throw VaultError(.usage, "norms are frozen for the purpose that their population was gathered for")
      }
      let pieces = max(1, (bytes.content.count + Self.normsPiece - 1) / Self.normsPiece)
      let saved = SavedNorms(
        id: BlockAddress.Object(SecureRandom.bytes(16)) ?? .none, name: norms.id, window: window,
        factors: norms.entries.map(\.term.factor.rawValue), purpose: population.purpose,
        policy: Hex.encode(context.opened.policy.hash.bytes), customers: UInt64(norms.customers),
        time: environment.clock.seconds, entry: population.entries.intent, pieces: pieces,
        digest: Hex.encode(digest.bytes))
      try commit(mayUseBallast: false) { commit, opened, _ in
        try requireStill(context, opened)
        for piece in 0..<pieces {
          let range = piece * Self.normsPiece..<min((piece + 1) * Self.normsPiece, bytes.content.count)
          let address = NormsPiece.address(saved.id, piece)
          let sealed = bytes.content.withBytes { catalogue.seal.seal($0.extracting(range), at: address) }
          try commit.insert(Schema.block, NormsPiece.row(address, sealed))
        }
        try catalogue.insert(saved.json, saved.id, .norms, .whole, commit)
        commit.append(normsDraft(.change, context, saved))
        return ((), context.role)
      }
      return saved
    }
  }

  /// Norms by their name, to score against: one entry.
  ///
  /// - Throws: `.notFound`, `.notPermitted` where they were frozen for another purpose, `.integrity`.
  public func frozenNorms(named name: String, purpose: String?) throws -> FrozenNorms {
    var request = AccessRequest(.scoreShow, purpose: purpose, classes: [.score])
    request.details = ["norms": .string(name)]
    return try access(request) { context in
      let catalogue = try ScoreCatalogue(context)
      return (catalogue, try Self.norms(catalogue, context.reader).first { $0.name == name })
    } release: { _, context, prepared in
      let (catalogue, saved) = prepared
      guard let saved else {
        throw VaultError(
          .notFound, "there are no norms of this name", hint: "crmvault score norms list shows them")
      }
      guard saved.purpose == context.purpose?.name else {
        throw VaultError(
          .notPermitted, "the norms \(name) were frozen for the purpose \(saved.purpose)",
          hint: "they are used for that: --purpose \(saved.purpose)")
      }
      return try environment.store.read { try catalogue.norms(saved, $0) }
    }
  }

  /// Removes norms.
  ///
  /// - Throws: `.notFound` where there are none of this name.
  public func deleteNorms(_ name: String, purpose: String?) throws {
    var request = AccessRequest(.scoreRun, purpose: purpose, classes: [.score])
    request.details = ["delete_norms": .string(name)]
    try access(request) { context in
      try Self.norms(try ScoreCatalogue(context), context.reader)
    } release: { _, context, known in
      guard let saved = known.first(where: { $0.name == name }) else {
        throw VaultError(
          .notFound, "there are no norms of this name", hint: "crmvault score norms list shows them")
      }
      try commit(mayUseBallast: false) { commit, opened, _ in
        try requireStill(context, opened)
        for piece in 0..<saved.pieces {
          try commit.remove(Schema.block, key: NormsPiece.key(NormsPiece.address(saved.id, piece)))
        }
        try commit.remove(Schema.scoreSet, key: [.blob(saved.id.bytes)])
        commit.append(normsDraft(.change, context, saved))
        return ((), context.role)
      }
    }
  }

  // MARK: - Parts

  private static func norms(_ catalogue: ScoreCatalogue, _ reader: any StoreReader) throws -> [SavedNorms] {
    try ScoreSetRow.all(reader).filter { $0.kind == .norms && $0.state == .whole }.map { row in
      try SavedNorms(id: row.id, try catalogue.content(of: row))
    }.sorted { ($0.time, $0.name) < ($1.time, $1.name) }
  }

  private func normsDraft(_ kind: Envelope.Kind, _ context: AccessContext, _ saved: SavedNorms) -> EntryDraft
  {
    var draft = EntryDraft(kind, Action.scoreRun.rawValue)
    draft.purpose = context.purpose
    draft.classes = [.score]
    draft.ref = context.entry
    draft.ticket = ticket
    draft.count = saved.customers
    draft.details = [
      "norms": .string(saved.name), "as_of": .string(saved.window.through.description),
      "gathered_by": .string(String(saved.entry)),
    ]
    return draft
  }
}

/// Where a piece of norms lies: its number stands in the place of the ordinal, in steps of a block.
private enum NormsPiece {
  static func address(_ id: BlockAddress.Object, _ piece: Int) -> BlockAddress {
    BlockAddress(
      .score, kind: .norms, object: id, firstOrdinal: UInt64(piece) * SlottedBlock.ordinalCount, version: 0)
  }

  static func key(_ address: BlockAddress) -> [Value] {
    [
      .integer(Int64(address.dataClass.rawValue)), .integer(Int64(address.kind.rawValue)),
      .blob(address.object.bytes), .integer(Int64(address.firstOrdinal)),
    ]
  }

  static func row(_ address: BlockAddress, _ sealed: [UInt8]) -> Row {
    Row(key(address) + [.integer(Int64(address.version)), .blob(sealed)])
  }
}

extension ScoreCatalogue {
  /// Norms, from their pieces.
  ///
  /// - Throws: `.integrity` where they are not those that the catalogue names.
  func norms(_ saved: SavedNorms, _ reader: any StoreReader) throws -> FrozenNorms {
    var plaintext = WipedBytes(capacity: 1 << 12)
    for piece in 0..<saved.pieces {
      let address = NormsPiece.address(saved.id, piece)
      guard let row = try reader.row(Schema.block, key: NormsPiece.key(address)),
        case .blob(let sealed) = row.values[5]
      else { throw VaultError(.integrity, "a piece of the norms is missing") }
      try seal.open(sealed, at: address, into: &plaintext)
    }
    guard Hex.encode(plaintext.withBytes { BLAKE2b.digest256($0) }.bytes) == saved.digest else {
      throw VaultError(.integrity, "the norms are not those that the catalogue names")
    }
    return try unsafe plaintext.withUnsafeBytes { try unsafe FrozenNorms.decoding($0) }
  }
}

/// Wiped bytes in a box, so that closures can share them.
private final class SharedBytes {
  let content: WipedBytes
  init(_ content: consuming WipedBytes) { self.content = content }
}
