/// Finds one line, for fixed-width files and JSON Lines. Allocates nothing.
enum LineScanner {
  /// The line without its LF or CR LF becomes the only field.
  static func scan(
    _ buffer: borrowing RowBuffer, _ start: Int, _ end: Int, isFinal: Bool, into fields: inout FieldTable
  ) -> Scan {
    fields.reset()
    var index = start
    var isPlain = true
    var returns = 0
    while index < end {
      let byte = buffer[index]
      if byte &- 0x20 >= 0x5F {
        if byte == 0x0A { break }
        if byte == 0x0D { returns += 1 } else { isPlain = false }
      }
      index += 1
    }
    guard index < end || isFinal else { return .needsMore }
    var lineEnd = index
    if lineEnd > start, buffer[lineEnd - 1] == 0x0D {
      lineEnd -= 1
      returns -= 1
    }
    fields.append(start, lineEnd)
    fields.isPlain = isPlain && returns == 0
    let hasFeed = index < end
    if lineEnd == start, hasFeed { return .blank(next: index + 1) }
    return .record(next: hasFeed ? index + 1 : index, lines: hasFeed ? 1 : 0)
  }
}
