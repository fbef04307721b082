/// Cuts a file into records and records into fields; knows formats, and nothing of what fields mean.
struct RecordReader: ~Copyable {
  enum Failure: Error {
    /// The file cannot be read on.
    case file(IngestError)
    /// This record is refused; the next one can be read.
    case row(RowFault)
  }

  private enum Cutter {
    case csv(CSVScanner, trim: Bool)
    case fixedWidth(FixedWidthSlicer)
    case jsonLines
  }

  static let longestField = 64 * 1024

  private let file: String
  private(set) var source: BlockSource
  var buffer: RowBuffer
  private(set) var fields = FieldTable()
  /// The line of the current record.
  private(set) var line = 0
  private var names: ColumnNames
  private var cutter: Cutter = .jsonLines
  private var recordStart = 0
  private var start = 0
  private var end = 0
  private var nextLine = 1
  /// A JSON object that was read for its names and is still to be handed out.
  private var hasPending = false

  /// The columns, in the order of ``fields``.
  var columns: [String] { names.names }

  static func open(
    descriptor: CInt, file: String, mapping: Mapping?, format: FileFormat? = nil,
    onBlock: ((Span<UInt8>) -> Void)?
  ) throws(IngestError) -> RecordReader {
    var reader = RecordReader(
      file: file, source: BlockSource(descriptor: descriptor, name: file, onBlock: onBlock),
      buffer: try RowBuffer())
    try reader.begin(mapping, format)
    return reader
  }

  private init(file: String, source: BlockSource, buffer: consuming RowBuffer) {
    self.file = file
    self.source = source
    self.buffer = buffer
    names = ColumnNames([])
  }

  private mutating func begin(_ mapping: Mapping?, _ known: FileFormat?) throws(IngestError) {
    try refill()
    try passByteOrderMark()
    for _ in 0..<(mapping?.skipLines ?? 0) { try passLine() }
    let format: FileFormat
    if let named = known ?? mapping?.format { format = named } else { format = tellFormat() }
    guard format.isUsable else {
      throw IngestError(
        .mappingInvalid, file: file, reason: "the mapping has no column, too many, or one at no position")
    }
    switch format {
    case .csv(let dialect):
      let scanner = CSVScanner(dialect)
      cutter = .csv(scanner, trim: dialect.trim)
      if let columns = dialect.columns {
        names = ColumnNames(columns)
      } else {
        names = ColumnNames(try header(known: mapping.map { $0.mappedColumns.union($0.ignored) }))
      }
    case .fixedWidth(let columns):
      cutter = .fixedWidth(FixedWidthSlicer(columns))
      names = ColumnNames(columns.map(\.name))
    case .jsonLines:
      cutter = .jsonLines
      if let mapping {
        names = ColumnNames(mapping.mappedColumns.union(mapping.ignored).sorted())
      } else {
        try readFirstObject()
      }
    }
  }

  /// Binds a mapping to the columns of this file.
  mutating func bind(_ mapping: Mapping) throws(IngestError) -> RowPlan {
    if case .jsonLines = cutter {
      // An object may leave out any name, so all that the mapping knows are columns.
      for name in mapping.mappedColumns.sorted() where !names.names.contains(name) {
        names.add(name)
        if hasPending { fields.addColumn() }
      }
    }
    return try RowPlan(mapping, columns: columns, file: file, buffer: &buffer)
  }

  // MARK: The beginning of the file

  private mutating func passByteOrderMark() throws(IngestError) {
    if end >= 3, buffer[0] == 0xEF, buffer[1] == 0xBB, buffer[2] == 0xBF {
      start = 3
    } else if end >= 2, buffer[0] == 0xFE && buffer[1] == 0xFF || buffer[0] == 0xFF && buffer[1] == 0xFE {
      throw IngestError(
        .encoding, file: file, line: 1, reason: "the file is UTF-16", hint: "save it as UTF-8")
    }
    guard start < end else {
      throw IngestError(.emptyFile, file: file, reason: "the file is empty", hint: "check the export")
    }
  }

  private mutating func passLine() throws(IngestError) {
    while true {
      while start < end {
        start += 1
        if buffer[start - 1] == 0x0A {
          nextLine += 1
          return
        }
      }
      guard !source.isAtEnd else { return }
      try refill()
    }
  }

  private func tellFormat() -> FileFormat {
    var index = start
    while index < end, [0x20, 0x09, 0x0D, 0x0A].contains(buffer[index]) { index += 1 }
    return index < end && buffer[index] == UInt8(ascii: "{") ? .jsonLines : .csv(CSVDialect())
  }

  private mutating func header(known: Set<String>?) throws(IngestError) -> [String] {
    guard try cut() else {
      throw IngestError(
        .emptyFile, file: file, reason: "the file has no header", hint: "check the export")
    }
    guard fields.count <= FieldTable.mostColumns else {
      throw headerError("the header has more than \(FieldTable.mostColumns) columns")
    }
    var columns: [String] = []
    for index in 0..<fields.count {
      do throws(RowFault) {
        try checkField(index)
        try checkName(fields[index])
      } catch {
        throw headerError("column \(index + 1) of the header: \(error.code.message)")
      }
      let field = fields[index]
      let name = String(decoding: (field.start..<field.end).map { buffer[$0] }, as: UTF8.self)
      // What looks like a header may be a customer's data: only names that the mapping knows are repeated.
      if columns.contains(name) {
        let isKnown = known?.contains(name) ?? false
        throw headerError(
          "the header has \(isKnown ? "the column \(name)" : "a column") twice", field: isKnown ? name : nil)
      }
      columns.append(name)
    }
    return columns
  }

  private func checkName(_ field: FieldSlice) throws(RowFault) {
    do throws(RejectionCode) {
      try buffer.withBytes(ImportText(offset: field.start, count: field.end - field.start)) {
        (bytes) throws(RejectionCode) in try TextRule(limit: 200).check(bytes, isPlain: false)
      }
    } catch {
      throw RowFault(code: error, place: .record)
    }
  }

  private func headerError(_ reason: String, field: String? = nil) -> IngestError {
    IngestError(
      .header, file: file, line: line, field: field, reason: reason,
      hint: "the first record must name the columns, each once")
  }

  private mutating func readFirstObject() throws(IngestError) {
    do throws(Failure) {
      hasPending = try advance()
    } catch {
      switch error {
      case .file(let error): throw error
      case .row(let fault):
        throw IngestError(
          .malformed, file: file, line: line, reason: fault.code.message,
          hint: "the first line has to tell which mapping is meant; name one with --mapping")
      }
    }
    guard hasPending else {
      throw IngestError(.emptyFile, file: file, reason: "the file is empty", hint: "check the export")
    }
  }

  // MARK: Records

  /// Goes to the next record; false at the end of the file.
  mutating func advance() throws(Failure) -> Bool {
    if hasPending {
      hasPending = false
      return true
    }
    do throws(IngestError) {
      guard try cut() else { return false }
    } catch {
      throw .file(error)
    }
    do throws(RowFault) {
      switch cutter {
      case .csv:
        guard fields.count == names.names.count else {
          throw RowFault(code: .wrongColumnCount, place: .record)
        }
      case .fixedWidth(let slicer): try slicer.slice(buffer, into: &fields)
      case .jsonLines:
        let line = fields[0]
        try JSONObjectScanner.scan(buffer, line.start, line.end, columns: &names, into: &fields)
      }
      if needsFieldChecks { for index in 0..<fields.count { try checkField(index) } }
    } catch {
      throw .row(error)
    }
    return true
  }

  private var needsFieldChecks: Bool {
    if !fields.isPlain || start - recordStart > Self.longestField { return true }
    if case .csv(_, trim: true) = cutter { return true }
    return false
  }

  /// Unescapes and trims a field, and refuses one that is too long or not UTF-8 text.
  private mutating func checkField(_ index: Int) throws(RowFault) {
    var field = fields[index]
    guard field.isPresent else { return }
    if case .csv(let scanner, let trim) = cutter {
      scanner.unescape(buffer, &field)
      if trim {
        while field.start < field.end, buffer[field.start] == 0x20 { field.start += 1 }
        while field.end > field.start, buffer[field.end - 1] == 0x20 { field.end -= 1 }
        field.isPresent = field.end > field.start
      }
      fields[index] = field
    }
    guard field.end - field.start <= Self.longestField else {
      throw RowFault(code: .tooLong, place: .column(index))
    }
    do throws(RejectionCode) {
      try buffer.withBytes(ImportText(offset: field.start, count: field.end - field.start)) {
        (bytes) throws(RejectionCode) in
        try TextCheck.utf8(bytes)
        for position in 0..<bytes.count where bytes[position] == 0 { throw .controlCharacter }
      }
    } catch {
      throw RowFault(code: error, place: .column(index))
    }
  }

  /// Finds the next record that is not blank.
  private mutating func cut() throws(IngestError) -> Bool {
    while true {
      if start == end, source.isAtEnd { return false }
      line = nextLine
      let isFinal = source.isAtEnd
      let scan: Scan
      if case .csv(let scanner, _) = cutter {
        scan = scanner.scan(buffer, start, end, isFinal: isFinal, into: &fields)
      } else {
        scan = LineScanner.scan(buffer, start, end, isFinal: isFinal, into: &fields)
      }
      switch scan {
      case .record(let next, let lines):
        guard next - start <= RowBuffer.longestRecord else { throw tooLong() }
        recordStart = start
        start = next
        nextLine += lines
        return true
      case .blank(let next):
        start = next
        nextLine += 1
      case .needsMore:
        guard end - start <= RowBuffer.longestRecord else { throw tooLong() }
        try refill()
      case .fault(let fault):
        throw IngestError(.malformed, file: file, line: line, reason: fault.reason, hint: fault.hint)
      }
    }
  }

  private func tooLong() -> IngestError {
    IngestError(
      .tooLarge, file: file, line: line, reason: "the record that begins here is over 1 MiB",
      hint: "look for a quote that is never closed, or for a file without line ends")
  }

  private mutating func refill() throws(IngestError) {
    buffer.moveToFront(start, end)
    end -= start
    start = 0
    end += try source.fill(buffer, at: end)
  }
}
