import Sodium

/// A place in a JSON text (RFC 8259) in wiped memory, moved on strictly: what does not fit is exit 65.
struct JSONCursor {
  private var index = 0

  /// Whether a string begins here, blanks apart.
  mutating func isAtString(_ text: Span<UInt8>) -> Bool {
    skipBlanks(text)
    return index < text.count && text[index] == UInt8(ascii: "\"")
  }

  /// Passes a sign if it is the next.
  mutating func take(_ sign: Unicode.Scalar, _ text: Span<UInt8>) -> Bool {
    skipBlanks(text)
    guard index < text.count, text[index] == UInt8(ascii: sign) else { return false }
    index += 1
    return true
  }

  /// Passes a sign, which must be the next.
  mutating func expect(_ sign: Unicode.Scalar, _ text: Span<UInt8>) throws(CommandFailure) {
    guard take(sign, text) else { throw Self.malformed }
  }

  /// Makes sure that nothing but blanks is left.
  mutating func end(_ text: Span<UInt8>) throws(CommandFailure) {
    skipBlanks(text)
    guard index == text.count else { throw Self.malformed }
  }

  /// Passes `null` if it is the next.
  mutating func null(_ text: Span<UInt8>) throws(CommandFailure) -> Bool {
    skipBlanks(text)
    guard index < text.count, text[index] == UInt8(ascii: "n") else { return false }
    for byte in "null".utf8 {
      guard index < text.count, text[index] == byte else { throw Self.malformed }
      index += 1
    }
    return true
  }

  /// Passes a string, and adds what it stands for to `out`.
  mutating func string(_ text: Span<UInt8>, into out: inout WipedBytes) throws(CommandFailure) {
    try expect("\"", text)
    while index < text.count {
      let byte = text[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return
      case UInt8(ascii: "\\"): try escape(text, into: &out)
      case 0..<0x20: throw Self.malformed
      default: out.append(byte)
      }
    }
    throw Self.malformed
  }

  private mutating func escape(_ text: Span<UInt8>, into out: inout WipedBytes) throws(CommandFailure) {
    guard index < text.count else { throw Self.malformed }
    let letter = text[index]
    index += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(letter)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "u"):
      guard let encoded = try Unicode.Scalar(scalar(text)).flatMap(UTF8.encode) else { throw Self.malformed }
      for byte in encoded { out.append(byte) }
    default: throw Self.malformed
    }
  }

  private mutating func scalar(_ text: Span<UInt8>) throws(CommandFailure) -> UInt32 {
    let first = try hex4(text)
    guard (0xD800..<0xE000).contains(first) else { return first }
    guard first < 0xDC00, index + 1 < text.count, text[index] == UInt8(ascii: "\\"),
      text[index + 1] == UInt8(ascii: "u")
    else { throw Self.malformed }
    index += 2
    let second = try hex4(text)
    guard (0xDC00..<0xE000).contains(second) else { throw Self.malformed }
    return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
  }

  private mutating func hex4(_ text: Span<UInt8>) throws(CommandFailure) -> UInt32 {
    guard index + 4 <= text.count else { throw Self.malformed }
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = text[index]
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw Self.malformed
      }
      value = value << 4 | UInt32(digit)
      index += 1
    }
    return value
  }

  private mutating func skipBlanks(_ text: Span<UInt8>) {
    while index < text.count {
      switch text[index] {
      case 0x20, 0x09, 0x0A, 0x0D: index += 1
      default: return
      }
    }
  }

  private static let malformed = CommandFailure.badInput(
    "bad_object", "the input is not one JSON object in UTF-8", hints: "for example {\"name\": \"…\"}")
}
