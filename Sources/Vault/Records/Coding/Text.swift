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

  /// Whether `text` has `part` in it, letters A to Z without regard to case.
  static func contains(_ text: Span<UInt8>, _ part: Span<UInt8>) -> Bool {
    guard !part.isEmpty, part.count <= text.count else { return false }
    for start in 0...(text.count - part.count) {
      var length = 0
      while length < part.count, lowered(text[start + length]) == lowered(part[length]) { length += 1 }
      if length == part.count { return true }
    }
    return false
  }

  private static func lowered(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }
}

extension Span where Element == UInt8 {
  /// Whether two texts are the same, byte for byte.
  func isEqual(to other: Span<UInt8>) -> Bool {
    count == other.count && indices.allSatisfy { self[$0] == other[$0] }
  }
}
