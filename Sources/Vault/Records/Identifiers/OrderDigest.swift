public import Sodium

/// The 8 bytes by which an event is recognized when it is imported again.
///
/// BLAKE2b with 8 bytes of output under the order key, which is BLAKE2b-256 of `crmvault/order/v1` under the
/// matching root, over: form u8 ‖ ordinal u64 ‖ length u16 ‖ source ‖ then, for form 1, the order id; for form
/// 2 (events without one), n u32 ‖ the content. n counts equal contents in a file from 0, so that two equal
/// purchases stay two.
public enum OrderDigest {
  /// The key of order digests.
  public static func key(root: borrowing Key<MatchingRootPurpose>) -> Key<OrderKeyPurpose> {
    BLAKE2b.derive(from: root, Array("crmvault/order/v1".utf8).span)
  }

  /// The digest of an event that has an order id.
  public static func digest(
    ordinal: UInt64, source: String, orderID: Span<UInt8>, key: borrowing Key<OrderKeyPurpose>
  ) -> UInt64 {
    digest(form: 1, ordinal: ordinal, source: source, prefix: [], content: orderID, key: key)
  }

  /// The digest of the n-th event of this content in a file.
  public static func digest(
    ordinal: UInt64, source: String, content: Span<UInt8>, occurrence: UInt32,
    key: borrowing Key<OrderKeyPurpose>
  ) -> UInt64 {
    let prefix = (0..<4).map { UInt8(truncatingIfNeeded: occurrence >> (24 - 8 * UInt32($0))) }
    return digest(form: 2, ordinal: ordinal, source: source, prefix: prefix, content: content, key: key)
  }

  private static func digest(
    form: UInt8, ordinal: UInt64, source: String, prefix: [UInt8], content: Span<UInt8>,
    key: borrowing Key<OrderKeyPurpose>
  ) -> UInt64 {
    let source = source.utf8
    precondition(source.count <= Int(UInt16.max), "the name of a source has at most 64 bytes")
    var input = WipedBytes(capacity: 16 + source.count + prefix.count + content.count)
    input.append(form)
    input.append(fixed64: ordinal)
    input.append(UInt8(source.count >> 8))
    input.append(UInt8(source.count & 0xFF))
    input.append(copying: source)
    input.append(copying: prefix)
    input.append(content)
    return unsafe key.withUnsafePointer { key in
      unsafe input.withUnsafeBytes { input in
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 8) { out in
          guard let base = out.baseAddress else { return 0 }
          unsafe BLAKE2b.rawKeyed(
            key: key, input.bindMemory(to: UInt8.self).baseAddress, count: input.count, into: base,
            outCount: 8)
          return unsafe UInt64(bigEndian: UnsafeRawPointer(base).loadUnaligned(as: UInt64.self))
        }
      }
    }
  }
}
