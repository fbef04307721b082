/// Reads one flat JSON object (RFC 8259) from a line, strictly and in place: strings and numbers stay bytes.
///
/// Null and the empty string are absent. Objects, arrays, names given twice, raw control characters, bad
/// escapes and lone surrogates are refused.
struct JSONObjectScanner: ~Copyable {
  private let end: Int
  private var index: Int

  /// Reads the object at `start..<end`; names that are new become columns.
  static func scan(
    _ buffer: borrowing RowBuffer, _ start: Int, _ end: Int, columns: inout ColumnNames,
    into fields: inout FieldTable
  ) throws(RowFault) {
    var scanner = JSONObjectScanner(end: end, index: start)
    try scanner.object(buffer, &columns, &fields)
  }

  private init(end: Int, index: Int) {
    self.end = end
    self.index = index
  }

  private static var malformed: RowFault { RowFault(code: .malformedJSON, place: .record) }

  private mutating func object(
    _ buffer: borrowing RowBuffer, _ columns: inout ColumnNames, _ fields: inout FieldTable
  ) throws(RowFault) {
    let isPlain = fields.isPlain
    fields.reset(count: columns.names.count)
    fields.isPlain = isPlain
    var seen = ColumnSet()
    skipSpace(buffer)
    try expect(UInt8(ascii: "{"), buffer)
    skipSpace(buffer)
    if take(UInt8(ascii: "}"), buffer) { return try finish(buffer) }
    var position = 0
    while true {
      try expect(UInt8(ascii: "\""), buffer)
      let name = try string(buffer, &fields, at: .record)
      do throws(RejectionCode) {
        try buffer.withBytes(ImportText(offset: name.start, count: name.end - name.start)) {
          (bytes) throws(RejectionCode) in
          guard bytes.count <= 200 else { throw .tooLong }
          guard !fields.isPlain else { return }
          try TextCheck.utf8(bytes)
          try TextCheck.noControls(bytes, allowingBreaks: false)
        }
      } catch {
        throw RowFault(code: error, place: .record)
      }
      guard let column = columns.index(buffer, name.start, name.end, position: position) else {
        throw RowFault(code: .tooManyColumns, place: .record)
      }
      if column.isNew { fields.addColumn() }
      guard seen.insert(column.index) else {
        throw RowFault(code: .duplicateName, place: .column(column.index))
      }
      skipSpace(buffer)
      try expect(UInt8(ascii: ":"), buffer)
      skipSpace(buffer)
      try value(buffer, &fields, column: column.index)
      position += 1
      skipSpace(buffer)
      if take(UInt8(ascii: "}"), buffer) { return try finish(buffer) }
      try expect(UInt8(ascii: ","), buffer)
      skipSpace(buffer)
    }
  }

  private mutating func finish(_ buffer: borrowing RowBuffer) throws(RowFault) {
    skipSpace(buffer)
    guard index == end else { throw Self.malformed }
  }

  private mutating func value(
    _ buffer: borrowing RowBuffer, _ fields: inout FieldTable, column: Int
  ) throws(RowFault) {
    guard index < end else { throw Self.malformed }
    let start = index
    switch buffer[index] {
    case UInt8(ascii: "\""):
      index += 1
      fields[column] = try string(buffer, &fields, at: .column(column))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      try number(buffer)
      fields[column] = FieldSlice(start: start, end: index, isEscaped: false, isPresent: true)
    case UInt8(ascii: "n"): try word("null", buffer)
    case UInt8(ascii: "t"):
      try word("true", buffer)
      fields[column] = FieldSlice(
        start: start, end: index, isEscaped: false, isPresent: true, isBoolean: true)
    case UInt8(ascii: "f"):
      try word("false", buffer)
      fields[column] = FieldSlice(
        start: start, end: index, isEscaped: false, isPresent: true, isBoolean: true)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      throw RowFault(code: .nestedValue, place: .column(column))
    default: throw Self.malformed
    }
  }

  /// The string whose opening quote was passed, unescaped in place: it only gets shorter.
  private mutating func string(
    _ buffer: borrowing RowBuffer, _ fields: inout FieldTable, at place: RowFault.Place
  ) throws(RowFault) -> FieldSlice {
    let start = index
    var to = start
    while index < end {
      let byte = buffer[index]
      switch byte {
      case UInt8(ascii: "\""):
        index += 1
        return FieldSlice(start: start, end: to, isEscaped: false, isPresent: to > start)
      case UInt8(ascii: "\\"):
        index += 1
        try escape(buffer, &to, &fields, at: place)
      case 0..<0x20: throw RowFault(code: .controlCharacter, place: place)
      default:
        if to != index { buffer[to] = byte }
        to += 1
        index += 1
      }
    }
    throw Self.malformed
  }

  private mutating func escape(
    _ buffer: borrowing RowBuffer, _ to: inout Int, _ fields: inout FieldTable, at place: RowFault.Place
  ) throws(RowFault) {
    guard index < end else { throw Self.malformed }
    let scalar: UInt32
    switch buffer[index] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scalar = UInt32(buffer[index])
    case UInt8(ascii: "b"): scalar = 0x08
    case UInt8(ascii: "f"): scalar = 0x0C
    case UInt8(ascii: "n"): scalar = 0x0A
    case UInt8(ascii: "r"): scalar = 0x0D
    case UInt8(ascii: "t"): scalar = 0x09
    case UInt8(ascii: "u"):
      index += 1
      scalar = try unicodeEscape(buffer, at: place)
      index -= 1
    default: throw Self.malformed
    }
    index += 1
    if scalar < 0x20 || scalar > 0x7E { fields.isPlain = false }
    guard let encoded = Unicode.Scalar(scalar).flatMap(UTF8.encode) else {
      throw RowFault(code: .invalidUTF8, place: place)
    }
    for byte in encoded {
      buffer[to] = byte
      to += 1
    }
  }

  private mutating func unicodeEscape(
    _ buffer: borrowing RowBuffer, at place: RowFault.Place
  ) throws(RowFault) -> UInt32 {
    let first = try hex4(buffer)
    guard (0xD800..<0xE000).contains(first) else { return first }
    guard first < 0xDC00, take(UInt8(ascii: "\\"), buffer), take(UInt8(ascii: "u"), buffer) else {
      throw RowFault(code: .invalidUTF8, place: place)
    }
    let second = try hex4(buffer)
    guard (0xDC00..<0xE000).contains(second) else { throw RowFault(code: .invalidUTF8, place: place) }
    return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
  }

  private mutating func hex4(_ buffer: borrowing RowBuffer) throws(RowFault) -> UInt32 {
    guard index + 4 <= end else { throw Self.malformed }
    var value: UInt32 = 0
    for _ in 0..<4 {
      let byte = buffer[index]
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

  private mutating func number(_ buffer: borrowing RowBuffer) throws(RowFault) {
    _ = take(UInt8(ascii: "-"), buffer)
    if !take(UInt8(ascii: "0"), buffer) { try digits(buffer) }
    if take(UInt8(ascii: "."), buffer) { try digits(buffer) }
    if take(UInt8(ascii: "e"), buffer) || take(UInt8(ascii: "E"), buffer) {
      if !take(UInt8(ascii: "+"), buffer) { _ = take(UInt8(ascii: "-"), buffer) }
      try digits(buffer)
    }
  }

  private mutating func digits(_ buffer: borrowing RowBuffer) throws(RowFault) {
    let first = index
    while index < end, buffer[index].isDigit { index += 1 }
    guard index > first else { throw Self.malformed }
  }

  private mutating func word(_ word: StaticString, _ buffer: borrowing RowBuffer) throws(RowFault) {
    for offset in 0..<word.utf8CodeUnitCount {
      guard unsafe take(word.utf8Start[offset], buffer) else { throw Self.malformed }
    }
  }

  private mutating func skipSpace(_ buffer: borrowing RowBuffer) {
    while index < end, buffer[index] == 0x20 || buffer[index] == 0x09 || buffer[index] == 0x0D { index += 1 }
  }

  private mutating func take(_ byte: UInt8, _ buffer: borrowing RowBuffer) -> Bool {
    guard index < end, buffer[index] == byte else { return false }
    index += 1
    return true
  }

  private mutating func expect(_ byte: UInt8, _ buffer: borrowing RowBuffer) throws(RowFault) {
    guard take(byte, buffer) else { throw Self.malformed }
  }
}

/// A set of column indexes, without an allocation.
struct ColumnSet {
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// False where the index was there already.
  mutating func insert(_ index: Int) -> Bool {
    let bit: UInt64 = 1 << UInt64(index & 63)
    func add(_ word: inout UInt64) -> Bool {
      defer { word |= bit }
      return word & bit == 0
    }
    switch index >> 6 {
    case 0: return add(&words.0)
    case 1: return add(&words.1)
    case 2: return add(&words.2)
    default: return add(&words.3)
    }
  }
}
