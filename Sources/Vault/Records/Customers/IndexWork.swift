internal import Sodium

/// Blind index entries: keyed by the role's index root, and once more by the warden.
struct IndexWork {
  private let root: SharedKey<IndexRootPurpose>
  private let warden: any Warden

  init(_ context: Session.AccessContext, _ warden: any Warden) throws {
    root = try context.keys.indexRoot(context.reader)
    self.warden = warden
  }

  /// The stored digest of a normalized identifier.
  func digest(_ value: Span<UInt8>, _ field: IndexedField, for receipt: borrowing AccessReceipt) throws
    -> Digest32
  {
    let key = BlindIndex.fieldKey(of: field, epoch: KeyChain.epoch, root: root.key)
    return try warden.indexDigest(
      inner: BlindIndex.inner(value, key: key), epoch: KeyChain.epoch, for: receipt)
  }

  /// The digest of a record's field, or nil where the field is not indexed or not there.
  func digest(of name: FieldName, in record: borrowing FieldRecord, for receipt: borrowing AccessReceipt)
    throws
    -> Digest32?
  {
    guard let field = IndexedField(name) else { return nil }
    var value = WipedBytes(capacity: 64)
    record.withValue(of: name) { value.append($0) }
    guard !value.isEmpty else { return nil }
    return try value.withBytes { try digest($0, field, for: receipt) }
  }

  /// The digests of every indexed field of a record.
  func digests(of record: borrowing FieldRecord, for receipt: borrowing AccessReceipt) throws
    -> [FieldName: Digest32]
  {
    var digests: [FieldName: Digest32] = [:]
    for name in record.names {
      if let digest = try digest(of: name, in: record, for: receipt) { digests[name] = digest }
    }
    return digests
  }

  /// The customers that have an identifier.
  func ordinals(of digest: Digest32, _ reader: any StoreReader) throws -> [UInt64] {
    var ordinals: [UInt64] = []
    try reader.scan(Schema.blindIndex, prefix: [.blob(digest.bytes)], range: nil, descending: false) { row in
      if case .integer(let ordinal) = row.values[1], ordinal >= 0 { ordinals.append(UInt64(ordinal)) }
      return ordinals.count < 1000
    }
    return ordinals
  }

  func insert(_ digest: Digest32, _ ordinal: UInt64, _ commit: Commit) throws {
    try commit.put(
      Schema.blindIndex,
      Row([.blob(digest.bytes), .integer(Int64(ordinal)), .integer(Int64(KeyChain.epoch))]))
  }

  func remove(_ digest: Digest32, _ ordinal: UInt64, _ commit: Commit) throws {
    try commit.remove(Schema.blindIndex, key: [.blob(digest.bytes), .integer(Int64(ordinal))])
  }
}
