import Sodium

/// Takes the fields of an object one by one, so that those nobody asked for are noticed.
struct ObjectFields {
  private var object: JSONObject
  private let name: String

  /// The fields of `value`, which is called `name` in errors.
  init(_ value: JSONValue, _ name: String) throws(LogError) {
    guard let object = value.object else { throw LogError(.malformed, "\(name) is not an object") }
    self.object = object
    self.name = name
  }

  /// Throws unless every field was taken.
  func finish() throws(LogError) {
    // The field is not named: an unknown key may hold anything.
    guard object.members.isEmpty else {
      throw LogError(.unknownField, "\(name) has a field that is not known")
    }
  }

  mutating func optional(_ key: String) -> JSONValue? {
    defer { object[key] = nil }
    return object[key]
  }

  mutating func optionalString(_ key: String) throws(LogError) -> String? {
    guard let value = optional(key) else { return nil }
    guard let string = value.string else { throw malformed(key) }
    return string
  }

  mutating func string(_ key: String) throws(LogError) -> String {
    guard let string = try optionalString(key) else { throw malformed(key) }
    return string
  }

  mutating func strings(_ key: String) throws(LogError) -> [String] {
    guard let array = optional(key)?.array else { throw malformed(key) }
    var strings: [String] = []
    for element in array {
      guard let string = element.string else { throw malformed(key) }
      strings.append(string)
    }
    return strings
  }

  mutating func optionalNumber(_ key: String) throws(LogError) -> UInt64? {
    guard let text = try optionalString(key) else { return nil }
    guard let number = UInt64(canonicalDecimal: text.utf8) else { throw malformed(key) }
    return number
  }

  mutating func number(_ key: String) throws(LogError) -> UInt64 {
    guard let number = try optionalNumber(key) else { throw malformed(key) }
    return number
  }

  mutating func optionalDigest(_ key: String) throws(LogError) -> Digest32? {
    guard let text = try optionalString(key) else { return nil }
    guard let digest = Digest32(base64: text.utf8) else { throw malformed(key) }
    return digest
  }

  mutating func digest(_ key: String) throws(LogError) -> Digest32 {
    guard let digest = try optionalDigest(key) else { throw malformed(key) }
    return digest
  }

  func malformed(_ key: String) -> LogError {
    LogError(.malformed, "\(key) of \(name) is missing or malformed")
  }
}

extension JSONValue {
  /// A number that may pass 2^53: a decimal string.
  static func number(_ value: UInt64) -> JSONValue { .string(String(value)) }

  /// 32 bytes in base64.
  static func digest(_ value: Digest32) -> JSONValue { .string(Base64.encode(value.bytes)) }
}
