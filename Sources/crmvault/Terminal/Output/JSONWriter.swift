import Sodium

/// Writes one JSON document, piece by piece, from a wiped buffer.
///
/// The buffer goes out when it is full, so that an array of a million customers takes the memory
/// of one; what is smaller than the buffer goes out only in ``finish()``: a command that fails
/// before has written nothing. The document ends with a line feed.
///
///     var json = JSONWriter(to: console.output)
///     try json.object { json in
///       try json.field("id", pseudonym)
///       try json.array("scores") { json in for score in scores { try json.value(score) } }
///     }
///     try json.finish()
struct JSONWriter: ~Copyable {
  private static let capacity = 65_536

  private let write: (borrowing WipedBytes) throws(CommandFailure) -> Void
  private var buffer = WipedBytes(capacity: JSONWriter.capacity + 1024)
  /// Whether the next value needs a comma before it.
  private var needsComma = false

  /// A writer of one document.
  init(to output: OutputChannel) {
    write = { (bytes) throws(CommandFailure) in try output.write(bytes) }
  }

  /// A writer to anything that takes bytes: a file that is being encrypted, a digest.
  init(to write: @escaping (borrowing WipedBytes) throws(CommandFailure) -> Void) {
    self.write = write
  }

  /// Ends the document and writes what is left of it.
  mutating func finish() throws(CommandFailure) {
    buffer.append(UInt8(ascii: "\n"))
    try flush()
  }

  /// Ends one document and begins the next on a line of its own: JSON Lines.
  mutating func endLine() throws(CommandFailure) {
    buffer.append(UInt8(ascii: "\n"))
    needsComma = false
    try flushIfFull()
  }

  // MARK: Containers

  /// Writes an object; the body writes its members.
  mutating func object<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
    open("{")
    try body(&self)
    close("}")
  }

  /// Writes an array; the body writes its elements.
  mutating func array<E: Error>(_ body: (inout JSONWriter) throws(E) -> Void) throws(E) {
    open("[")
    try body(&self)
    close("]")
  }

  /// Begins an object whose members come one by one; ``endObject()`` must follow.
  mutating func beginObject() { open("{") }

  /// Ends what ``beginObject()`` began.
  mutating func endObject() { close("}") }

  /// Begins an array whose elements come one by one; ``endArray()`` must follow.
  mutating func beginArray() { open("[") }

  /// Ends what ``beginArray()`` began.
  mutating func endArray() { close("]") }

  /// Writes what is left of JSON Lines.
  mutating func finishLines() throws(CommandFailure) { try flush() }

  /// Writes a member that is an object.
  mutating func object<E: Error>(
    _ key: String, _ body: (inout JSONWriter) throws(E) -> Void
  ) throws(E) {
    self.key(key)
    try object(body)
  }

  /// Writes a member that is an array.
  mutating func array<E: Error>(
    _ key: String, _ body: (inout JSONWriter) throws(E) -> Void
  ) throws(E) {
    self.key(key)
    try array(body)
  }

  /// Writes a member's key; its value must follow. Keys are `snake_case`.
  mutating func key(_ key: String) {
    separate()
    // A key is our own text: a failure to write it as UTF-8 cannot be.
    try? JSONEscape.append(key.utf8.span, to: &buffer)
    buffer.append(UInt8(ascii: ":"))
    needsComma = false
  }

  // MARK: Values

  /// Writes a text where it lies; what is not UTF-8 is refused, never repaired.
  mutating func value(_ text: Span<UInt8>) throws(CommandFailure) {
    separate()
    try JSONEscape.append(text, to: &buffer)
    try flushIfFull()
  }

  /// Writes a text that is not personal.
  mutating func value(_ text: String) throws(CommandFailure) {
    try value(text.utf8.span)
  }

  /// Writes a personal text.
  mutating func value(_ text: borrowing WipedBytes) throws(CommandFailure) {
    separate()
    try text.withBytes { (span: Span<UInt8>) throws(CommandFailure) in
      try JSONEscape.append(span, to: &buffer)
    }
    try flushIfFull()
  }

  /// Writes an integer.
  mutating func value(_ number: some BinaryInteger) throws(CommandFailure) {
    separate()
    Digits.append(number, to: &buffer)
    try flushIfFull()
  }

  /// Writes a number at full precision: the shortest digits that read back as the same number.
  ///
  /// JSON has no infinity: a number that is none is a bug of whoever computed it.
  mutating func value(_ number: Double) throws(CommandFailure) {
    guard number.isFinite else { throw .bug("a number that is not finite was to be written") }
    separate()
    buffer.append(number.description.utf8.span)
    try flushIfFull()
  }

  /// Writes `true` or `false`.
  mutating func value(_ truth: Bool) throws(CommandFailure) {
    try raw(truth ? "true" : "false")
  }

  /// Writes an amount of money as a decimal string in major units.
  mutating func value(money minorUnits: some BinaryInteger, decimals: Int) throws(CommandFailure) {
    separate()
    buffer.append(UInt8(ascii: "\""))
    Digits.append(money: minorUnits, decimals: decimals, to: &buffer)
    buffer.append(UInt8(ascii: "\""))
    try flushIfFull()
  }

  /// Writes `null`: the value is missing.
  mutating func null() throws(CommandFailure) {
    try raw("null")
  }

  // MARK: Bytes

  private mutating func raw(_ text: StaticString) throws(CommandFailure) {
    separate()
    buffer.append(text.description.utf8.span)
    try flushIfFull()
  }

  private mutating func separate() {
    if needsComma { buffer.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func open(_ bracket: Unicode.Scalar) {
    separate()
    buffer.append(UInt8(ascii: bracket))
    needsComma = false
  }

  private mutating func close(_ bracket: Unicode.Scalar) {
    buffer.append(UInt8(ascii: bracket))
    needsComma = true
  }

  private mutating func flushIfFull() throws(CommandFailure) {
    if buffer.count >= Self.capacity { try flush() }
  }

  private mutating func flush() throws(CommandFailure) {
    try write(buffer)
    buffer.removeAll()
  }
}
