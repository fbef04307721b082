/// A strict reader of JSON (RFC 8259, and RFC 7493 where that is stricter) over bytes that it does not copy.
struct JSONReader {
  private(set) var position = 0

  /// One value, with white space around it, and nothing else.
  mutating func document(_ bytes: Span<UInt8>) throws(LogError) -> JSONValue {
    skipSpace(bytes)
    let value = try value(bytes, depth: 0)
    skipSpace(bytes)
    guard position == bytes.count else { throw malformed("something follows the value") }
    return value
  }

  /// A reader that starts at this position.
  init(at position: Int = 0) { self.position = position }

  /// One value, which starts at `position`.
  mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(LogError) -> JSONValue {
    guard depth <= CanonicalJSON.depthLimit else {
      throw LogError(.outOfBounds, "JSON nested deeper than \(CanonicalJSON.depthLimit)")
    }
    guard let first = peek(bytes) else { throw malformed("a value is missing") }
    switch first {
    case UInt8(ascii: "{"): return .object(try object(bytes, depth: depth))
    case UInt8(ascii: "["): return .array(try array(bytes, depth: depth))
    case Ascii.quote: return .string(try string(bytes))
    case UInt8(ascii: "t"): return try literal("true", .bool(true), bytes)
    case UInt8(ascii: "f"): return try literal("false", .bool(false), bytes)
    case UInt8(ascii: "n"): return try literal("null", .null, bytes)
    default: return .integer(try integer(bytes))
    }
  }

  private mutating func object(_ bytes: Span<UInt8>, depth: Int) throws(LogError) -> JSONObject {
    var object = JSONObject()
    position += 1
    skipSpace(bytes)
    if take(UInt8(ascii: "}"), bytes) { return object }
    repeat {
      skipSpace(bytes)
      guard peek(bytes) == Ascii.quote else { throw malformed("a key is missing") }
      let key = try string(bytes)
      skipSpace(bytes)
      guard take(UInt8(ascii: ":"), bytes) else { throw malformed("a colon is missing") }
      skipSpace(bytes)
      let member = try value(bytes, depth: depth + 1)
      guard object.insert(member, for: key) else { throw malformed("a key occurs twice") }
      skipSpace(bytes)
    } while take(UInt8(ascii: ","), bytes)
    guard take(UInt8(ascii: "}"), bytes) else { throw malformed("an object does not end") }
    return object
  }

  private mutating func array(_ bytes: Span<UInt8>, depth: Int) throws(LogError) -> [JSONValue] {
    var array: [JSONValue] = []
    position += 1
    skipSpace(bytes)
    if take(UInt8(ascii: "]"), bytes) { return array }
    repeat {
      skipSpace(bytes)
      array.append(try value(bytes, depth: depth + 1))
      skipSpace(bytes)
    } while take(UInt8(ascii: ","), bytes)
    guard take(UInt8(ascii: "]"), bytes) else { throw malformed("an array does not end") }
    return array
  }

  private mutating func literal(
    _ text: StaticString, _ value: JSONValue, _ bytes: Span<UInt8>
  ) throws(LogError) -> JSONValue {
    for byte in text.description.utf8 {
      guard take(byte, bytes) else { throw malformed("an unknown word") }
    }
    return value
  }

  private mutating func integer(_ bytes: Span<UInt8>) throws(LogError) -> Int64 {
    let isNegative = take(UInt8(ascii: "-"), bytes)
    let start = position
    var value: Int64 = 0
    while let byte = peek(bytes), byte >= Ascii.zero, byte <= Ascii.nine {
      value = value * 10 + Int64(byte - Ascii.zero)
      guard value <= JSONValue.integerLimit else { throw LogError(.outOfBounds, "a number beyond 2^53") }
      position += 1
    }
    guard position > start else { throw malformed("an unknown character") }
    guard bytes[start] != Ascii.zero || position == start + 1 else { throw malformed("a leading zero") }
    if let byte = peek(bytes), byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e") {
      throw LogError(.outOfBounds, "a number that is not whole")
    }
    guard !isNegative || value != 0 else { throw malformed("a negative zero") }
    return isNegative ? -value : value
  }

  private mutating func string(_ bytes: Span<UInt8>) throws(LogError) -> String {
    position += 1
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case Ascii.quote:
        guard let text = String(utf8: bytes.extracting(start..<position)) else {
          throw malformed("a string is not UTF-8")
        }
        position += 1
        return text
      case Ascii.backslash: return try escapedString(bytes, from: start)
      case 0..<Ascii.space: throw malformed("a control character in a string")
      default: position += 1
      }
    }
    throw malformed("a string does not end")
  }

  /// The slow path: from the first backslash on, into a buffer.
  private mutating func escapedString(_ bytes: Span<UInt8>, from start: Int) throws(LogError) -> String {
    var text: [UInt8] = []
    for index in start..<position { text.append(bytes[index]) }
    while let byte = peek(bytes) {
      position += 1
      switch byte {
      case Ascii.quote:
        guard let string = String(utf8: text.span) else { throw malformed("a string is not UTF-8") }
        return string
      case Ascii.backslash: try appendEscape(bytes, to: &text)
      case 0..<Ascii.space: throw malformed("a control character in a string")
      default: text.append(byte)
      }
    }
    throw malformed("a string does not end")
  }

  private mutating func appendEscape(_ bytes: Span<UInt8>, to text: inout [UInt8]) throws(LogError) {
    guard let byte = peek(bytes) else { throw malformed("a string does not end") }
    position += 1
    switch byte {
    case Ascii.quote, Ascii.backslash, UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      var code = try hexadecimal(bytes)
      if code & 0xFC00 == 0xD800, take(Ascii.backslash, bytes), take(UInt8(ascii: "u"), bytes) {
        let low = try hexadecimal(bytes)
        guard low & 0xFC00 == 0xDC00 else { throw malformed("a lone surrogate") }
        code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
      }
      guard let scalar = Unicode.Scalar(code) else { throw malformed("a lone surrogate") }
      text.append(contentsOf: String(Character(scalar)).utf8)
    default: throw malformed("an unknown escape")
    }
  }

  private mutating func hexadecimal(_ bytes: Span<UInt8>) throws(LogError) -> UInt32 {
    var code: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek(bytes), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw malformed("an escape of less than four hex digits")
      }
      code = code << 4 | UInt32(digit)
      position += 1
    }
    return code
  }

  private func peek(_ bytes: Span<UInt8>) -> UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func take(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace(_ bytes: Span<UInt8>) {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private func malformed(_ what: String) -> LogError {
    LogError(.malformed, "JSON at byte \(position): \(what)")
  }
}
