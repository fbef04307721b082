internal import Sodium

/// The blind index during an import: the keys of its fields are derived once, not for each value.
struct ImportIndex {
  /// The identifiers of an import.
  enum Field: Int, CaseIterable {
    case account, phone, email
  }

  private let keys: [SharedKey<FieldKeyPurpose>]
  private let warden: any Warden

  init(_ context: Session.AccessContext, _ reader: any StoreReader, source: String, warden: any Warden) throws
  {
    let root = try context.keys.indexRoot(reader)
    keys = [IndexedField.account(source: source), .phone, .email].map {
      SharedKey(BlindIndex.fieldKey(of: $0, epoch: KeyChain.epoch, root: root.key))
    }
    self.warden = warden
  }

  /// What is stored for a normalized value.
  func digest(_ value: Span<UInt8>, _ field: Field, for receipt: borrowing AccessReceipt) throws -> Digest32 {
    try warden.indexDigest(
      inner: BlindIndex.inner(value, key: keys[field.rawValue].key), epoch: KeyChain.epoch, for: receipt)
  }

  /// The customers that have an identifier.
  static func ordinals(of digest: Digest32, _ reader: any StoreReader) throws -> [UInt64] {
    var ordinals: [UInt64] = []
    try reader.scan(Schema.blindIndex, prefix: [.blob(digest.bytes)], range: nil, descending: false) { row in
      if case .integer(let ordinal) = row.values[1], ordinal >= 0 { ordinals.append(UInt64(ordinal)) }
      return ordinals.count < 1000
    }
    return ordinals
  }

  /// The row of the index.
  static func row(_ digest: Digest32, _ ordinal: UInt64) -> Row {
    Row([.blob(digest.bytes), .integer(Int64(ordinal)), .integer(Int64(KeyChain.epoch))])
  }
}

extension ImportIndex.Field {
  /// The identifier that a field is, accounts apart.
  init?(_ name: FieldName) {
    switch name {
    case .phone: self = .phone
    case .email: self = .email
    default: return nil
    }
  }
}
