import Sodium

/// Writes CSV (RFC 4180: comma, CRLF, doubled quotation marks) from a wiped buffer.
///
/// A cell that a spreadsheet would run as a formula gets an apostrophe before it (OWASP, "CSV
/// Injection"): one that begins with `= + - @`, their fullwidth forms, a tab or an end of line. A
/// text that is nothing but a negative number stays.
///
///     var csv = CSVWriter(to: console.output)
///     try csv.header(["id", "value"])
///     try csv.cell(id); try csv.cell(value); try csv.endRow()
///     try csv.finish()
struct CSVWriter: ~Copyable {
  private static let capacity = 65_536

  private let write: (borrowing WipedBytes) throws(CommandFailure) -> Void
  private var buffer = WipedBytes(capacity: CSVWriter.capacity + 1024)
  private var atRowStart = true

  /// A writer to a channel.
  init(to output: OutputChannel) {
    write = { (bytes) throws(CommandFailure) in try output.write(bytes) }
  }

  /// A writer to anything that takes bytes: a file that is being encrypted, a digest.
  init(to write: @escaping (borrowing WipedBytes) throws(CommandFailure) -> Void) {
    self.write = write
  }

  /// Writes the names of the columns.
  mutating func header(_ names: [String]) throws(CommandFailure) {
    for name in names { try cell(name) }
    try endRow()
  }

  /// Writes a text where it lies.
  mutating func cell(_ text: Span<UInt8>) throws(CommandFailure) {
    separate()
    let mustQuote = CSVCell.needsQuotes(text)
    guard mustQuote || CSVCell.isFormula(text) else { return buffer.append(text) }
    if mustQuote { buffer.append(UInt8(ascii: "\"")) }
    if CSVCell.isFormula(text) { buffer.append(UInt8(ascii: "'")) }
    for index in text.indices {
      if text[index] == UInt8(ascii: "\"") { buffer.append(UInt8(ascii: "\"")) }
      buffer.append(text[index])
    }
    if mustQuote { buffer.append(UInt8(ascii: "\"")) }
  }

  /// Writes a personal text.
  mutating func cell(_ text: borrowing WipedBytes) throws(CommandFailure) {
    try text.withBytes { (span: Span<UInt8>) throws(CommandFailure) in try cell(span) }
  }

  /// Writes a text that is not personal; a missing one as an empty cell.
  mutating func cell(_ text: String?) throws(CommandFailure) {
    try cell((text ?? "").utf8.span)
  }

  /// Writes an integer; a missing one as an empty cell.
  mutating func cell(_ number: (some BinaryInteger)?) throws(CommandFailure) {
    separate()
    if let number { Digits.append(number, to: &buffer) }
  }

  /// Writes a number at full precision; a missing one as an empty cell.
  mutating func cell(_ number: Double?) throws(CommandFailure) {
    separate()
    guard let number else { return }
    guard number.isFinite else { throw .bug("a number that is not finite was to be written") }
    buffer.append(copying: number.description.utf8)
  }

  /// Writes an amount of money in major units.
  mutating func cell(money minorUnits: some BinaryInteger, decimals: Int) throws(CommandFailure) {
    separate()
    Digits.append(money: minorUnits, decimals: decimals, to: &buffer)
  }

  /// Ends the row.
  mutating func endRow() throws(CommandFailure) {
    buffer.append(copying: [UInt8(ascii: "\r"), UInt8(ascii: "\n")])
    atRowStart = true
    if buffer.count >= Self.capacity { try finish() }
  }

  /// Writes what is left.
  mutating func finish() throws(CommandFailure) {
    try write(buffer)
    buffer.removeAll()
  }

  private mutating func separate() {
    if !atRowStart { buffer.append(UInt8(ascii: ",")) }
    atRowStart = false
  }
}

/// What a cell needs before another program may read it.
enum CSVCell {
  /// Whether a spreadsheet would run the text.
  static func isFormula(_ text: Span<UInt8>) -> Bool {
    guard let first = text.indices.first.map({ text[$0] }) else { return false }
    switch first {
    case UInt8(ascii: "-"): return !isNegativeNumber(text)
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "@"), 0x09, 0x0A, 0x0D: return true
    // U+FF1D, U+FF0B, U+FF0D and U+FF20, which East Asian spreadsheets read as = + - @.
    case 0xEF where text.count >= 3 && text[1] == 0xBC:
      return [0x8B, 0x8D, 0x9D, 0xA0].contains(text[2])
    default: return false
    }
  }

  /// Whether RFC 4180 asks for quotation marks; spaces at the ends are kept by them too.
  static func needsQuotes(_ text: Span<UInt8>) -> Bool {
    for index in text.indices {
      switch text[index] {
      case UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D: return true
      case UInt8(ascii: " ") where index == 0 || index == text.count - 1: return true
      default: continue
      }
    }
    return false
  }

  /// A minus sign, digits, and at most one point among them.
  private static func isNegativeNumber(_ text: Span<UInt8>) -> Bool {
    var digits = 0
    var points = 0
    for index in 1..<text.count {
      switch text[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
      case UInt8(ascii: ".") where digits > 0: points += 1
      default: return false
      }
    }
    return digits > 0 && points <= 1
  }
}
