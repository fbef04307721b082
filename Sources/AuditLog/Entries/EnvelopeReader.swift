import Sodium

extension Envelope {
  /// Reads an envelope in the one form that `encoded()` writes.
  ///
  /// The reader follows that form byte by byte, which is faster than parsing and as strict: what it accepts is what
  /// the writer would write.
  ///
  /// - Throws: `malformed` for bytes that are no envelope, `notCanonical`, `unknownField` and `unknownVersion` for
  ///   JSON objects that are another version's or not in that form.
  public init(decoding bytes: Span<UInt8>) throws(LogError) {
    guard bytes.count <= Self.byteLimit else {
      throw LogError(.outOfBounds, "an envelope of \(bytes.count) bytes, of at most \(Self.byteLimit)")
    }
    var reader = EnvelopeReader()
    guard let envelope = try reader.envelope(bytes) else { throw EnvelopeReader.diagnose(bytes) }
    self = envelope
  }

  /// Reads an envelope. See `init(decoding:)` over a span.
  public init(decoding bytes: [UInt8]) throws(LogError) { try self.init(decoding: bytes.span) }
}

/// Follows the form of an envelope. Each step returns nil or false where the bytes leave it.
private struct EnvelopeReader {
  private var position = 0

  mutating func envelope(_ bytes: Span<UInt8>) throws(LogError) -> Envelope? {
    guard take(Form.governance, bytes), let governance = digest(bytes),
      take(Form.kind, bytes), let kind = kind(bytes),
      take(Form.sealed, bytes), let sealed = digest(bytes),
      take(Form.seq, bytes), let seq = number(bytes),
      take(Form.state, bytes), let state = digest(bytes)
    else { return nil }
    var statement: JSONValue?
    if take(Form.statement, bytes) {
      let start = position
      var reader = JSONReader(at: start)
      let value = try reader.value(bytes, depth: 1)
      position = reader.position
      guard try Self.isCanonical(value, bytes.extracting(start..<position)) else { return nil }
      statement = value
      guard take(Form.timeAfterStatement, bytes) else { return nil }
    } else {
      guard take(Form.time, bytes) else { return nil }
    }
    guard position + LogTime.textLength <= bytes.count,
      let time = LogTime(bytes.extracting(position..<(position + LogTime.textLength)))
    else { return nil }
    position += LogTime.textLength
    guard take(Form.versionAndWhat, bytes), let what = digest(bytes),
      take(Form.who, bytes), let who = digest(bytes),
      take(Form.end, bytes), position == bytes.count
    else { return nil }
    return Envelope(
      seq: seq, time: time, kind: kind, state: state, governance: governance, what: what, who: who,
      sealed: sealed, statement: statement)
  }

  private mutating func take(_ text: [UInt8], _ bytes: Span<UInt8>) -> Bool {
    let end = position + text.count
    guard end <= bytes.count else { return false }
    for index in text.indices where bytes[position + index] != text[index] { return false }
    position = end
    return true
  }

  private mutating func digest(_ bytes: Span<UInt8>) -> Digest32? {
    guard position + 44 <= bytes.count,
      let digest = Digest32(base64: bytes.extracting(position..<(position + 44)))
    else { return nil }
    position += 44
    return digest
  }

  private mutating func kind(_ bytes: Span<UInt8>) -> Envelope.Kind? {
    for (text, kind) in Form.kinds where take(text, bytes) { return kind }
    return nil
  }

  private mutating func number(_ bytes: Span<UInt8>) -> UInt64? {
    let start = position
    var value: UInt64 = 0
    while position < bytes.count, case let digit = bytes[position] &- Ascii.zero, digit < 10 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
      guard !overflow, !carry else { return nil }
      value = sum
      position += 1
    }
    let isCanonical = position > start && (bytes[start] != Ascii.zero || position == start + 1)
    return isCanonical ? value : nil
  }

  private static func isCanonical(_ value: JSONValue, _ bytes: Span<UInt8>) throws(LogError) -> Bool {
    var canonical: [UInt8] = []
    canonical.reserveCapacity(bytes.count)
    try CanonicalJSON.append(value, depth: 1, to: &canonical)
    guard canonical.count == bytes.count else { return false }
    return canonical.indices.allSatisfy { canonical[$0] == bytes[$0] }
  }

  /// Why bytes that left the form are not an envelope.
  static func diagnose(_ bytes: Span<UInt8>) -> LogError {
    let value: JSONValue
    do { value = try CanonicalJSON.parse(bytes) } catch { return error }
    guard let object = value.object else { return LogError(.malformed, "an envelope is a JSON object") }
    guard object["v"] == .integer(Int64(Envelope.version)) else {
      return LogError(.unknownVersion, "an envelope of another version than \(Envelope.version)")
    }
    guard object.members.allSatisfy({ Form.fields.contains($0.key) }) else {
      return LogError(.unknownField, "an envelope has a field that is not known")
    }
    if let canonical = try? CanonicalJSON.encode(value), canonical.count != bytes.count {
      return LogError(.notCanonical, "an envelope is not in the form of RFC 8785")
    }
    return LogError(.malformed, "a field of an envelope is missing or malformed")
  }

  /// `EnvelopeForm` as bytes.
  private enum Form {
    static let governance = Array(EnvelopeForm.governance.utf8)
    static let kind = Array(EnvelopeForm.kind.utf8)
    static let sealed = Array(EnvelopeForm.sealed.utf8)
    static let seq = Array(EnvelopeForm.seq.utf8)
    static let state = Array(EnvelopeForm.state.utf8)
    static let statement = Array(EnvelopeForm.statement.utf8)
    static let time = Array(EnvelopeForm.time.utf8)
    static let timeAfterStatement = Array(EnvelopeForm.timeAfterStatement.utf8)
    static let versionAndWhat = Array(EnvelopeForm.versionAndWhat.utf8)
    static let who = Array(EnvelopeForm.who.utf8)
    static let end = Array(EnvelopeForm.end.utf8)
    static let kinds = Envelope.Kind.allCases.map { (Array($0.rawValue.utf8), $0) }
    static let fields: Set<String> = [
      "governance", "kind", "sealed", "seq", "state", "statement", "t", "v", "what", "who",
    ]
  }
}
