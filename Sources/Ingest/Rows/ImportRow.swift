/// One row of a file, typed. It is lent for as long as a closure runs and cannot be kept.
///
/// Its texts are personal data in the reader's wiped buffer: they are lent as spans, never as `String`.
@safe public struct ImportRow: ~Copyable {
  /// The physical line, from 1, on which the record begins. Line breaks inside quotes count.
  public let line: Int
  /// The customer's key at the source.
  public let account: ImportText
  /// The event, if the mapping has one.
  public let event: ImportEvent?

  let base: UnsafeMutablePointer<UInt8>
  let capacity: Int
  let customerFields: [CustomerField]
  let customerTexts: UnsafePointer<ImportText?>

  /// Lends the bytes of one of this row's texts.
  public borrowing func withText<Result, Failure: Error>(
    _ text: ImportText, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(text.end <= capacity, "a text of another row")
    let bytes = unsafe UnsafeBufferPointer(start: base + text.start, count: text.count)
    let span = unsafe bytes.span
    return try body(span)
  }

  /// Lends the account's bytes.
  public borrowing func withAccount<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withText(account, body)
  }

  /// Where the value of a customer's field lies; nil where the row has none.
  public borrowing func text(of field: CustomerField) -> ImportText? {
    guard let index = customerFields.firstIndex(of: field) else { return nil }
    return unsafe customerTexts[index]
  }

  /// How many customer fields have a value in this row.
  public var customerFieldCount: Int {
    var count = 0
    for index in customerFields.indices where unsafe customerTexts[index] != nil { count += 1 }
    return count
  }

  /// Lends each customer field that has a value in this row, in the order of the mapping.
  public borrowing func forEachCustomerField<Failure: Error>(
    _ body: (CustomerField, Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    for index in customerFields.indices {
      guard let text = unsafe customerTexts[index] else { continue }
      try withText(text) { (bytes) throws(Failure) in try body(customerFields[index], bytes) }
    }
  }
}
