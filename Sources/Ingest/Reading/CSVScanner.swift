/// Finds the fields of one CSV record (RFC 4180; a line may end in LF or CR LF). Allocates nothing.
struct CSVScanner {
  let delimiter: UInt8
  /// 256 where the file knows no quoting, which no byte equals.
  let quote: UInt16

  init(_ dialect: CSVDialect) {
    delimiter = dialect.delimiter
    quote = dialect.quote.map(UInt16.init) ?? 256
  }

  /// Scans from `start`. Nothing in the buffer is changed, so that it can be asked again with more bytes.
  func scan(
    _ buffer: borrowing RowBuffer, _ start: Int, _ end: Int, isFinal: Bool, into fields: inout FieldTable
  ) -> Scan {
    fields.reset()
    var index = start
    var lines = 0
    var isPlain = true
    while true {
      let wasQuoted = index < end && UInt16(buffer[index]) == quote
      if wasQuoted {
        index += 1
        let first = index
        var isEscaped = false
        while true {
          guard index < end else { return isFinal ? .fault(.unterminatedQuote) : .needsMore }
          let byte = buffer[index]
          if UInt16(byte) == quote {
            if index + 1 == end, !isFinal { return .needsMore }
            guard index + 1 < end, UInt16(buffer[index + 1]) == quote else { break }
            isEscaped = true
            isPlain = false
            index += 2
            continue
          }
          if byte == 0x0A { lines += 1 }
          if byte &- 0x20 >= 0x5F { isPlain = false }
          index += 1
        }
        fields.append(first, index, isEscaped: isEscaped)
        index += 1
      } else {
        let first = index
        while index < end {
          let byte = buffer[index]
          if byte == delimiter || UInt16(byte) == quote { break }
          if byte &- 0x20 >= 0x5F {
            if byte == 0x0A || byte == 0x0D { break }
            isPlain = false
          }
          index += 1
        }
        if index < end, UInt16(buffer[index]) == quote { return .fault(.quoteInField) }
        fields.append(first, index)
      }

      guard index < end else {
        guard isFinal else { return .needsMore }
        fields.isPlain = isPlain
        return .record(next: index, lines: lines)
      }
      switch buffer[index] {
      case delimiter:
        index += 1
        continue
      case 0x0A:
        index += 1
      case 0x0D:
        if index + 1 == end, !isFinal { return .needsMore }
        guard index + 1 < end, buffer[index + 1] == 0x0A else { return .fault(.bareCarriageReturn) }
        index += 2
      default:
        return .fault(.textAfterQuote)
      }
      fields.isPlain = isPlain
      if fields.count == 1, !wasQuoted, fields[0].start == fields[0].end { return .blank(next: index) }
      return .record(next: index, lines: lines + 1)
    }
  }

  /// Makes doubled quotes single, in place.
  func unescape(_ buffer: borrowing RowBuffer, _ field: inout FieldSlice) {
    guard field.isEscaped else { return }
    var from = field.start
    var to = field.start
    while from < field.end {
      let byte = buffer[from]
      buffer[to] = byte
      to += 1
      from += UInt16(byte) == quote ? 2 : 1
    }
    field.end = to
    field.isEscaped = false
  }
}
