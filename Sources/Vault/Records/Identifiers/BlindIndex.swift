public import Sodium

/// The inner digest of a blind index: what the warden keys once more before it is stored (FORMATS section 5).
///
/// `inner = BLAKE2b-256(key: field key; value)`, and the field key is BLAKE2b-256 under the index root of
/// `crmvault/index/v1` ‖ epoch u32 ‖ field u8 ‖ length u16 ‖ source. Values are normalized first
/// (``IdentifierNormalization``).
public enum BlindIndex {
  private static let label = "crmvault/index/v1"

  /// The key of a field, of the index root's epoch.
  public static func fieldKey(
    of field: IndexedField, epoch: UInt32, root: borrowing Key<IndexRootPurpose>
  ) -> Key<FieldKeyPurpose> {
    BLAKE2b.derive(from: root, input(of: field, epoch: epoch).span)
  }

  /// The inner digest of a normalized value.
  public static func inner(_ value: Span<UInt8>, key: borrowing Key<FieldKeyPurpose>) -> Digest32 {
    BLAKE2b.keyed256(key: key, value)
  }

  static func input(of field: IndexedField, epoch: UInt32) -> [UInt8] {
    let source = Array(field.source.utf8)
    precondition(source.count <= Int(UInt16.max), "the name of a source has at most 64 bytes")
    var input = Array(label.utf8)
    input += (0..<4).map { UInt8(truncatingIfNeeded: epoch >> (24 - 8 * UInt32($0))) }
    input.append(field.code)
    input += [UInt8(source.count >> 8), UInt8(source.count & 0xFF)]
    return input + source
  }
}

/// The tag by which a later import recognizes an identifier: as a blind index, under the matching root, which is
/// never rotated (the epoch in the formula is 0).
public enum MatchingTag {
  /// The key of a field.
  public static func fieldKey(
    of field: IndexedField, root: borrowing Key<MatchingRootPurpose>
  ) -> Key<FieldKeyPurpose> {
    BLAKE2b.derive(from: root, BlindIndex.input(of: field, epoch: 0).span)
  }

  /// The inner digest of a normalized value, which the warden's matching key keys once more.
  public static func inner(_ value: Span<UInt8>, key: borrowing Key<FieldKeyPurpose>) -> Digest32 {
    BLAKE2b.keyed256(key: key, value)
  }

  /// The 8 bytes, read big-endian, by which a referral names the account that was referred: the first ones of
  /// the inner digest.
  public static func referred(_ account: Span<UInt8>, key: borrowing Key<FieldKeyPurpose>) -> UInt64 {
    inner(account, key: key).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
