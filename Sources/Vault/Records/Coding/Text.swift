/// Checks on text that is never made a `String`, since a released one leaves copies in memory.
enum Text {
  /// Whether the bytes are UTF-8.
  static func isUTF8(_ bytes: Span<UInt8>) -> Bool {
    (try? UTF8Span(validating: bytes)) != nil
  }

  /// Whether the byte begins a character's encoding.
  static func startsCharacter(_ byte: UInt8) -> Bool { byte & 0xC0 != 0x80 }

  /// How many characters (Unicode scalars) the UTF-8 text has.
  static func characterCount(_ bytes: Span<UInt8>) -> Int {
    var count = 0
    for index in bytes.indices where startsCharacter(bytes[index]) { count += 1 }
    return count
  }

  /// How many bytes the first `count` characters take.
  static func prefixByteCount(_ bytes: Span<UInt8>, characters count: Int) -> Int {
    var seen = 0
    for index in bytes.indices where startsCharacter(bytes[index]) {
      if seen == count { return index }
      seen += 1
    }
    return bytes.count
  }

  /// How many bytes the last `count` characters take.
  static func suffixByteCount(_ bytes: Span<UInt8>, characters count: Int) -> Int {
    let all = characterCount(bytes)
    return bytes.count - prefixByteCount(bytes, characters: max(all - count, 0))
  }
}
