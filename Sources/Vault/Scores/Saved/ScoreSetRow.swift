internal import AuditLog
internal import Sodium

/// An entry of the catalogue of saved runs and norms, as the store holds it: sealed under the key of the class score.
struct ScoreSetRow {
  /// What an entry is of. The codes are part of the format.
  enum Kind: Int64 {
    case run = 1
    case norms = 2
  }

  /// How far it is.
  enum State: Int64 {
    /// Being written; left so by whoever was interrupted.
    case unfinished = 0
    /// All of it is there.
    case whole = 1
    /// Being removed.
    case going = 2
  }

  /// What its blocks are of: 16 random bytes.
  let id: BlockAddress.Object
  let kind: Kind
  let state: State
  let version: UInt64
  let sealed: [UInt8]

  /// The row of the table.
  var row: Row {
    Row([
      .blob(id.bytes), .integer(kind.rawValue), .integer(state.rawValue), .integer(Int64(version)),
      .blob(sealed),
    ])
  }

  /// Reads a row.
  init(_ row: Row) throws(VaultError) {
    guard row.values.count == 5, case .blob(let bytes) = row.values[0], let id = BlockAddress.Object(bytes),
      case .integer(let kind) = row.values[1], let kind = Kind(rawValue: kind),
      case .integer(let state) = row.values[2], let state = State(rawValue: state),
      case .integer(let version) = row.values[3], (0..<Int64.max).contains(version),
      case .blob(let sealed) = row.values[4]
    else { throw VaultError(.integrity, "the catalogue of saved scores has a malformed row") }
    (self.id, self.kind, self.state, self.version, self.sealed) = (id, kind, state, UInt64(version), sealed)
  }

  init(id: BlockAddress.Object, kind: Kind, state: State, version: UInt64, sealed: [UInt8]) {
    (self.id, self.kind, self.state, self.version, self.sealed) = (id, kind, state, version, sealed)
  }

  /// Every row of the catalogue.
  static func all(_ reader: any StoreReader) throws -> [ScoreSetRow] {
    var rows: [ScoreSetRow] = []
    try reader.scan(Schema.scoreSet, prefix: [], range: nil, descending: false) { row in
      rows.append(try ScoreSetRow(row))
      return true
    }
    return rows
  }
}

/// Seals and opens what lies under the key of the class score without being one customer's: the catalogue, and
/// norms.
struct ScoreSeal {
  static let personal: StaticString = "crmvault-catalog"

  let vault: VaultID
  let key: SharedKey<ClassKeyPurpose>

  /// The sealed form, under a fresh nonce.
  func seal(_ plaintext: Span<UInt8>, at address: BlockAddress) -> [UInt8] {
    AssociatedData.withBytes(of: address, vault: vault, epoch: KeyChain.epoch) { data in
      CommittedSeal.seal(
        plaintext, classKey: key.key, personal: Self.personal, epoch: KeyChain.epoch, associatedData: data,
        pad: true)
    }
  }

  /// Adds the plaintext to `plaintext`.
  ///
  /// - Throws: `.wrongKey`, `.forged`, `.unknownFormat`, `.malformed`.
  func open(
    _ sealed: [UInt8], at address: BlockAddress, into plaintext: inout WipedBytes
  ) throws(RecordError) {
    let epoch = try RecordOpener.epoch(of: sealed.span)
    do {
      try AssociatedData.withBytes(of: address, vault: vault, epoch: epoch) { (data) throws(SodiumError) in
        try CommittedSeal.open(
          sealed.span, classKey: key.key, personal: Self.personal, associatedData: data, pad: true,
          into: &plaintext)
      }
    } catch { throw RecordError(error) }
  }

  /// The address of a catalogue entry.
  static func address(_ id: BlockAddress.Object, version: UInt64) -> BlockAddress {
    BlockAddress(.score, kind: .catalogue, object: id, firstOrdinal: 0, version: version)
  }
}
