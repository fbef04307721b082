/// Lengths that say little: plaintext is padded to a multiple of 32 bytes up to 4 KiB, and above to a Padmé
/// length, which costs at most 12 % and leaves O(log log n) bits (Nikitin, Barman, Lueks, Underwood, Hubaux,
/// Ford, "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs", 2019).
///
/// The padding delimits itself as in ISO/IEC 7816-4: one byte 0x80, then zeros. There is always at least that
/// one byte, and only the one canonical padding of a content is accepted.
public enum Padding {
  /// Up to this padded length, lengths are multiples of 32.
  public static let fineLimit = 4096

  /// The padded length of `count` bytes of content, always larger than `count`.
  public static func paddedCount(_ count: Int) -> Int {
    let needed = count + 1
    guard needed > fineLimit else { return (needed + 31) & ~31 }
    let exponent = Int.bitWidth - 1 - needed.leadingZeroBitCount
    let significant = Int.bitWidth - exponent.leadingZeroBitCount
    let mask = (1 << (exponent - significant)) - 1
    return (needed + mask) & ~mask
  }

  /// Pads the content of `bytes` in place.
  public static func pad(_ bytes: inout WipedBytes) {
    let count = bytes.count
    unsafe bytes.appendUnsafe(upTo: paddedCount(count) - count) { out in
      unsafe rawFill(out, contentCount: count)
    }
  }

  /// The length of the content of `padded`.
  ///
  /// - Throws: `.malformed` unless `padded` is exactly what padding that content gives.
  public static func contentCount(_ padded: Span<UInt8>) throws(SodiumError) -> Int {
    let count = unsafe padded.withBase { unsafe rawContentCount($0, count: $1) }
    guard count >= 0 else { throw SodiumError(.malformed, "the padding is not canonical") }
    return count
  }

  /// Removes the padding of `bytes` in place.
  ///
  /// - Throws: `.malformed`; the bytes then stay as they are.
  public static func unpad(_ bytes: inout WipedBytes) throws(SodiumError) {
    let count = try bytes.withBytes { (span) throws(SodiumError) in try contentCount(span) }
    bytes.truncate(to: count)
  }

  /// Writes the padding of a content of `contentCount` bytes to `out`; returns its length.
  package static func rawFill(_ out: UnsafeMutablePointer<UInt8>, contentCount: Int) -> Int {
    let count = paddedCount(contentCount) - contentCount
    unsafe out.update(repeating: 0, count: count)
    unsafe out[0] = 0x80
    return count
  }

  /// The length of the content of `count` padded bytes, or -1 where the padding is not canonical.
  package static func rawContentCount(_ padded: UnsafePointer<UInt8>, count: Int) -> Int {
    var end = count - 1
    while end >= 0, unsafe padded[end] == 0 { end -= 1 }
    guard end >= 0, unsafe padded[end] == 0x80, paddedCount(end) == count else { return -1 }
    return end
  }
}
