/// Reads a file of customers or events, row by row, with bounded memory.
///
/// An import reads twice: once to validate the whole file, with a closure that does nothing, and once to
/// apply it. Rows are pulled, so that the caller may stop between any two of them to commit a batch:
///
/// ```swift
/// var reader = try RowReader.open(descriptor: file, file: "orders.csv", options: options)
/// while let step = try reader.next() {
///   switch step {
///   case .row: reader.withRow { row in … }
///   case .rejected(let rejection): try rejects.write(rejection)
///   }
/// }
/// ```
///
/// The descriptor stays the caller's. The buffer that held the rows is wiped when the reader goes.
public struct RowReader: ~Copyable {
  /// What ``next()`` came to.
  public enum Step: Sendable {
    /// A row: ``withRow(_:)`` lends it.
    case row
    /// A row that was refused, with ``ReaderOptions/OnError/skip``.
    case rejected(Rejection)
  }

  /// The name of the file in messages.
  public let file: String
  private let options: ReaderOptions
  private var records: RecordReader
  private var typer: RowTyper
  private var line = 0
  private var account: ImportText?
  private var event: ImportEvent?
  private var rows = 0
  private var rejected = 0

  /// Begins to read: tells the format, reads the header and binds the mapping to it.
  ///
  /// - Parameters:
  ///   - descriptor: a readable file or pipe, at its beginning.
  ///   - file: its name, for messages.
  ///   - mapping: nil lets the header choose among the built-in ones.
  public static func open(
    descriptor: CInt, file: String, mapping: Mapping? = nil, options: ReaderOptions
  ) throws(IngestError) -> RowReader {
    var records = try RecordReader.open(
      descriptor: descriptor, file: file, mapping: mapping, onBlock: options.onBlock)
    let chosen: Mapping
    if let mapping {
      chosen = mapping
    } else {
      chosen = try Mapping.builtIn(forColumns: records.columns, file: file)
    }
    let plan = try records.bind(chosen)
    return RowReader(file: file, options: options, records: records, plan: plan)
  }

  private init(file: String, options: ReaderOptions, records: consuming RecordReader, plan: RowPlan) {
    self.file = file
    self.options = options
    self.records = records
    typer = RowTyper(plan, defaultCurrency: options.defaultCurrency)
  }

  /// The mapping in use.
  public var mapping: Mapping { typer.plan.mapping }

  /// Columns that are neither mapped nor ignored: to be reported. With JSON Lines complete only at the end.
  public var extraColumns: [String] {
    let known = mapping.mappedColumns.union(mapping.ignored)
    return records.columns.filter { !known.contains($0) }
  }

  /// How far the reader is.
  public var progress: ReaderProgress {
    ReaderProgress(
      bytesRead: records.source.bytesRead, totalBytes: records.source.size, rows: rows, rejected: rejected)
  }

  /// Goes to the next row; nil at the end of the file.
  public mutating func next() throws(IngestError) -> Step? {
    account = nil
    do throws(RecordReader.Failure) {
      guard try records.advance() else { return nil }
      line = records.line
      do throws(RowFault) {
        account = try typer.identity(records.fields, &records.buffer)
        event = try typer.event(records.fields, &records.buffer)
      } catch {
        throw .row(error)
      }
      rows += 1
      return .row
    } catch {
      account = nil
      switch error {
      case .file(let error): throw error
      case .row(let fault): return .rejected(try reject(fault))
      }
    }
  }

  private mutating func reject(_ fault: RowFault) throws(IngestError) -> Rejection {
    let rejection = Rejection(
      line: records.line, field: typer.plan.name(of: fault.place, columns: records.columns), code: fault.code)
    rejected += 1
    guard options.onError == .skip else {
      throw IngestError(
        .rowRejected, file: file, line: rejection.line, field: rejection.field, reason: rejection.message,
        hint: "correct the row, or leave such rows out with --on-error skip")
    }
    return rejection
  }

  /// Lends the row that ``next()`` went to.
  public borrowing func withRow<Result, Failure: Error>(
    _ body: (borrowing ImportRow) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let account else { preconditionFailure("withRow without a row: call next() before") }
    let row = unsafe ImportRow(
      line: line, account: account, event: event, base: records.buffer.base,
      capacity: records.buffer.capacity, customerFields: typer.plan.customerFields,
      customerTexts: UnsafePointer(typer.customerTexts))
    return try body(row)
  }

  /// Lends every row that is left; what is refused goes to `rejected`.
  public mutating func forEachRow(
    rejected: (Rejection) throws -> Void = { _ in }, _ body: (borrowing ImportRow) throws -> Void
  ) throws {
    while let step = try next() {
      switch step {
      case .row: try withRow(body)
      case .rejected(let rejection): try rejected(rejection)
      }
    }
  }
}
