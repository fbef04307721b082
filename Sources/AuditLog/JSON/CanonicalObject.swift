import Sodium

/// Writes one canonical JSON object, member by member. Whoever calls it keeps the order of RFC 8785: keys ascending by
/// their UTF-16 code units. Keys are our own words and need no escape.
struct CanonicalObject {
  private var bytes: [UInt8] = []
  private var isFirst = true

  /// An object without members yet.
  init(capacity: Int) {
    bytes.reserveCapacity(capacity)
    bytes.append(UInt8(ascii: "{"))
  }

  /// The bytes of the whole object.
  mutating func finish() -> [UInt8] {
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  /// A member that is a text.
  mutating func member(_ key: StaticString, _ text: String) {
    begin(key)
    CanonicalJSON.append(string: text, to: &bytes)
  }

  /// A member that is a number that may pass 2^53: a decimal string.
  mutating func member(_ key: StaticString, _ number: UInt64) {
    begin(key)
    bytes.append(Ascii.quote)
    bytes.append(text: String(number))
    bytes.append(Ascii.quote)
  }

  /// A member that is 32 bytes in base64.
  mutating func member(_ key: StaticString, _ digest: Digest32) {
    begin(key)
    bytes.append(Ascii.quote)
    bytes.append(base64: digest)
    bytes.append(Ascii.quote)
  }

  /// A member that is a list of texts.
  mutating func member(_ key: StaticString, _ texts: [String]) {
    begin(key)
    bytes.append(UInt8(ascii: "["))
    for (index, text) in texts.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      CanonicalJSON.append(string: text, to: &bytes)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// A member that is any value.
  mutating func member(_ key: StaticString, _ value: JSONValue) throws(LogError) {
    begin(key)
    try CanonicalJSON.append(value, depth: 1, to: &bytes)
  }

  /// A member that is an object; the body writes its members.
  mutating func object(_ key: StaticString, _ body: (inout CanonicalObject) -> Void) {
    begin(key)
    bytes.append(UInt8(ascii: "{"))
    isFirst = true
    body(&self)
    bytes.append(UInt8(ascii: "}"))
    isFirst = false
  }

  private mutating func begin(_ key: StaticString) {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    bytes.append(Ascii.quote)
    key.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    bytes.append(Ascii.quote)
    bytes.append(UInt8(ascii: ":"))
  }
}
