internal import Sodium

/// Matching tags of identifiers: what an erasure keeps, so that a later import recognizes them.
///
/// A tag is keyed by the matching root and once more by the warden: neither alone can test a guess.
struct SuppressionTags {
  private let root: SharedKey<MatchingRootPurpose>
  private let warden: any Warden

  init(_ context: Session.AccessContext, _ reader: any StoreReader, _ warden: any Warden) throws {
    root = try context.keys.matchingRoot(reader)
    self.warden = warden
  }

  /// The tag of a normalized value.
  func tag(_ value: Span<UInt8>, _ field: IndexedField, for receipt: borrowing AccessReceipt) throws
    -> Digest32
  {
    let key = MatchingTag.fieldKey(of: field, root: root.key)
    return try warden.matchingDigest(inner: MatchingTag.inner(value, key: key), for: receipt)
  }

  /// The tags of every identifier of a record.
  func tags(of record: borrowing FieldRecord, for receipt: borrowing AccessReceipt) throws -> [Digest32] {
    var tags: [Digest32] = []
    for name in record.names {
      guard let field = IndexedField(name) else { continue }
      let tag = try record.withValue(of: name) { try self.tag($0, field, for: receipt) }
      if let tag { tags.append(tag) }
    }
    return tags
  }

  /// Whether any identifier was ever suppressed.
  static func isInUse(_ reader: any StoreReader) throws -> Bool { try reader.count(Schema.suppression) > 0 }

  /// Whether a tag is that of an erased identifier.
  static func contains(_ tag: Digest32, _ reader: any StoreReader) throws -> Bool {
    try reader.row(Schema.suppression, key: [.blob(tag.bytes)]) != nil
  }

  /// Keeps a tag, with the entry that carries the erasure's statement.
  static func insert(_ tag: Digest32, seq: UInt64, _ commit: Commit) throws {
    try commit.put(Schema.suppression, Row([.blob(tag.bytes), .integer(Int64(seq))]))
  }

  /// Forgets a tag: the person came back with a fresh consent.
  static func remove(_ tag: Digest32, _ commit: Commit) throws {
    try commit.remove(Schema.suppression, key: [.blob(tag.bytes)])
  }
}
