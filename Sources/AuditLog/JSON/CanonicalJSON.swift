/// JSON in the one form of RFC 8785 (JCS), so that a value has one hash.
public enum CanonicalJSON {
  /// How deep arrays and objects may nest.
  public static let depthLimit = 32

  /// The canonical bytes of a value.
  ///
  /// - Throws: `outOfBounds` for a number beyond ±(2^53 - 1) or a value nested deeper than `depthLimit`.
  public static func encode(_ value: JSONValue) throws(LogError) -> [UInt8] {
    var bytes: [UInt8] = []
    try append(value, depth: 0, to: &bytes)
    return bytes
  }

  /// Reads one JSON value, which may hold white space between its parts but nothing after it.
  ///
  /// - Throws: `malformed` for anything that is not JSON in valid UTF-8, a key that occurs twice or a lone
  ///   surrogate; `outOfBounds` for a fraction, a large number or deep nesting.
  public static func parse(_ bytes: Span<UInt8>) throws(LogError) -> JSONValue {
    var reader = JSONReader()
    return try reader.document(bytes)
  }

  /// Reads one JSON value. See `parse(_:)` over a span.
  public static func parse(_ bytes: [UInt8]) throws(LogError) -> JSONValue { try parse(bytes.span) }

  /// Reads one JSON value that must be in canonical form.
  ///
  /// - Throws: as `parse`, and `notCanonical`.
  public static func parseCanonical(_ bytes: [UInt8]) throws(LogError) -> JSONValue {
    let value = try parse(bytes)
    guard try encode(value) == bytes else {
      throw LogError(.notCanonical, "JSON that is not in the form of RFC 8785")
    }
    return value
  }

  /// Whether these bytes are a JSON value in canonical form.
  public static func isCanonical(_ bytes: [UInt8]) -> Bool { (try? parseCanonical(bytes)) != nil }

  static func append(_ value: JSONValue, depth: Int, to bytes: inout [UInt8]) throws(LogError) {
    guard depth <= depthLimit else { throw LogError(.outOfBounds, "JSON nested deeper than \(depthLimit)") }
    switch value {
    case .object(let object):
      bytes.append(UInt8(ascii: "{"))
      var first = true
      for member in object.members {
        if !first { bytes.append(UInt8(ascii: ",")) }
        first = false
        append(string: member.key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        try append(member.value, depth: depth + 1, to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    case .array(let array):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in array.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        try append(element, depth: depth + 1, to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .string(let string): append(string: string, to: &bytes)
    case .integer(let integer):
      guard integer.magnitude <= JSONValue.integerLimit.magnitude else {
        throw LogError(.outOfBounds, "a number beyond 2^53 must be written as a string")
      }
      bytes.append(text: String(integer))
    case .bool(let bool): bytes.append(text: bool ? "true" : "false")
    case .null: bytes.append(text: "null")
    }
  }

  /// Only the quote, the backslash and control characters are escaped; everything else stands for itself.
  static func append(string: String, to bytes: inout [UInt8]) {
    bytes.append(Ascii.quote)
    var string = string
    let isPlain = string.withUTF8 { text in
      let isPlain = unsafe text.allSatisfy { $0 >= 0x20 && $0 != Ascii.quote && $0 != Ascii.backslash }
      if isPlain { unsafe bytes.append(contentsOf: text) }
      return isPlain
    }
    guard !isPlain else {
      bytes.append(Ascii.quote)
      return
    }
    for byte in string.utf8 {
      switch byte {
      case Ascii.quote, Ascii.backslash:
        bytes.append(Ascii.backslash)
        bytes.append(byte)
      case 0x08: bytes.append(text: "\\b")
      case 0x09: bytes.append(text: "\\t")
      case 0x0A: bytes.append(text: "\\n")
      case 0x0C: bytes.append(text: "\\f")
      case 0x0D: bytes.append(text: "\\r")
      case 0..<0x20:
        bytes.append(text: "\\u00\(byte < 0x10 ? "0" : "1")")
        bytes.append(contentsOf: String(byte & 15, radix: 16).utf8)
      default: bytes.append(byte)
      }
    }
    bytes.append(Ascii.quote)
  }
}
