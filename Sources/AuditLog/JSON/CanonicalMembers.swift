import Sodium

/// Follows a canonical JSON object member by member, without making values of it: for what is read once an entry.
///
/// Members are asked for in the order of RFC 8785, keys ascending. As soon as the bytes leave the form that
/// `CanonicalObject` writes, `isLost` is set and nothing that was read counts: a slower reader then says what is
/// wrong, or reads what only it can (escapes, text beyond ASCII).
struct CanonicalMembers {
  private let bytes: [UInt8]
  private var position = 1
  private var isFirst = true
  /// Whether the bytes are not, or not surely, in the form.
  private(set) var isLost: Bool

  /// Stands before the first member.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    isLost = bytes.first != UInt8(ascii: "{")
  }

  /// Whether the object, and the bytes, end here.
  mutating func finish() -> Bool {
    !isLost && take(UInt8(ascii: "}")) && position == bytes.count
  }

  /// The text of a member; nil where the next member is another one.
  mutating func text(_ key: StaticString) -> String? { enter(key) ? string() : nil }

  /// The number of a member that is a decimal string.
  mutating func number(_ key: StaticString) -> UInt64? {
    guard enter(key), let span = quoted() else { return nil }
    return kept(UInt64(canonicalDecimal: bytes[span]))
  }

  /// The 32 bytes of a member in base64.
  mutating func digest(_ key: StaticString) -> Digest32? {
    guard enter(key), let span = quoted() else { return nil }
    return kept(Digest32(base64: bytes.span.extracting(span)))
  }

  /// The texts of a member that is a list.
  mutating func texts(_ key: StaticString) -> [String]? {
    guard enter(key), take(UInt8(ascii: "[")) else { return nil }
    var texts: [String] = []
    if take(UInt8(ascii: "]")) { return texts }
    repeat {
      guard let text = string() else { return nil }
      texts.append(text)
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { return lose() }
    return texts
  }

  /// Any value of a member.
  mutating func value(_ key: StaticString) -> JSONValue? {
    guard enter(key) else { return nil }
    var reader = JSONReader(at: position)
    guard let value = try? reader.value(bytes.span, depth: 1) else { return lose() }
    var canonical: [UInt8] = []
    guard (try? CanonicalJSON.append(value, depth: 1, to: &canonical)) != nil,
      canonical.elementsEqual(bytes[position..<reader.position])
    else { return lose() }
    position = reader.position
    return value
  }

  /// What the body reads of a member that is an object; nil where the next member is another one.
  mutating func object<Value>(_ key: StaticString, _ body: (inout CanonicalMembers) -> Value?) -> Value? {
    guard enter(key) else { return nil }
    guard take(UInt8(ascii: "{")) else { return lose() }
    isFirst = true
    guard let value = body(&self), take(UInt8(ascii: "}")) else { return lose() }
    isFirst = false
    return value
  }

  // MARK: - Steps

  /// Steps behind the key of the next member, if it has this one.
  private mutating func enter(_ key: StaticString) -> Bool {
    let start = isFirst ? position : position + 1
    let end = start + key.utf8CodeUnitCount + 3
    guard !isLost, end < bytes.count, isFirst || bytes[position] == UInt8(ascii: ","),
      bytes[start] == Ascii.quote, bytes[end - 2] == Ascii.quote, bytes[end - 1] == UInt8(ascii: ":")
    else { return false }
    for index in 0..<key.utf8CodeUnitCount {
      guard unsafe bytes[start + 1 + index] == key.utf8Start[index] else { return false }
    }
    position = end
    isFirst = false
    return true
  }

  private mutating func string() -> String? {
    guard let span = quoted() else { return nil }
    return unsafe bytes.withUnsafeBufferPointer {
      unsafe String(decoding: UnsafeBufferPointer(rebasing: $0[span]), as: UTF8.self)
    }
  }

  /// The place of a text of plain ASCII between quotes.
  private mutating func quoted() -> Range<Int>? {
    guard take(Ascii.quote) else { return lose() }
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case Ascii.quote:
        position += 1
        return start..<(position - 1)
      case Ascii.backslash, 0..<Ascii.space, 0x80...: return lose()
      default: position += 1
      }
    }
    return lose()
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func lose<Value>() -> Value? {
    isLost = true
    return nil
  }

  private mutating func kept<Value>(_ value: Value?) -> Value? {
    if value == nil { isLost = true }
    return value
  }
}
