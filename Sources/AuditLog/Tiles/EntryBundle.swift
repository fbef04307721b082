/// Up to 256 entries in one file, each with its length (u16 big-endian) before it.
public enum EntryBundle {
  /// The bytes of a bundle.
  ///
  /// - Throws: `outOfBounds` when an entry is longer than 65,535 bytes.
  public static func encode(_ entries: some Sequence<[UInt8]>) throws(LogError) -> [UInt8] {
    var bytes: [UInt8] = []
    for entry in entries {
      guard let length = UInt16(exactly: entry.count) else {
        throw LogError(.outOfBounds, "an entry of \(entry.count) bytes does not fit a bundle")
      }
      bytes.append(bigEndian: length)
      bytes.append(contentsOf: entry)
    }
    return bytes
  }

  /// The entries of a bundle.
  ///
  /// - Throws: `malformed` unless there are exactly `count`.
  public static func decode(_ bytes: [UInt8], count: Int) throws(LogError) -> [[UInt8]] {
    var entries: [[UInt8]] = []
    var position = 0
    while position < bytes.count {
      guard position + 2 <= bytes.count else { throw LogError(.malformed, "an entry bundle is cut off") }
      let end = position + 2 + Int(bytes[position]) << 8 + Int(bytes[position + 1])
      guard end <= bytes.count else { throw LogError(.malformed, "an entry bundle is cut off") }
      entries.append(Array(bytes[(position + 2)..<end]))
      position = end
    }
    guard entries.count == count else {
      throw LogError(.malformed, "an entry bundle of \(entries.count) entries instead of \(count)")
    }
    return entries
  }
}
