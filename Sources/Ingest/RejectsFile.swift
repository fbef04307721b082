internal import Glibc

/// Writes what was refused as CSV: `line,field,problem`, and no value.
///
/// The descriptor stays the caller's. Call ``finish()`` at the end: what is buffered is lost otherwise.
public struct RejectsFile: ~Copyable {
  private let descriptor: CInt
  private let name: String
  private var pending: [UInt8]
  /// How many rejections were written.
  public private(set) var count = 0

  /// Begins a file with its header line.
  public init(descriptor: CInt, name: String) {
    self.descriptor = descriptor
    self.name = name
    pending = Array("line,field,problem\r\n".utf8)
  }

  /// Adds one rejection.
  public mutating func write(_ rejection: Rejection) throws(IngestError) {
    pending.append(contentsOf: "\(rejection.line),".utf8)
    appendCell(rejection.field ?? "")
    pending.append(UInt8(ascii: ","))
    appendCell("\(rejection.code): \(rejection.message)")
    pending.append(contentsOf: "\r\n".utf8)
    count += 1
    if pending.count >= 64 * 1024 { try flush() }
  }

  /// Writes what is still buffered.
  public mutating func finish() throws(IngestError) {
    try flush()
  }

  /// A column's name comes from the file: it is quoted, and made harmless to a spreadsheet.
  private mutating func appendCell(_ text: String) {
    let startsFormula = text.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
    let needsQuotes = startsFormula || text.utf8.contains { ",\"\r\n".utf8.contains($0) }
    guard needsQuotes else {
      pending.append(contentsOf: text.utf8)
      return
    }
    pending.append(UInt8(ascii: "\""))
    if startsFormula { pending.append(UInt8(ascii: "'")) }
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { pending.append(byte) }
      pending.append(byte)
    }
    pending.append(UInt8(ascii: "\""))
  }

  private mutating func flush() throws(IngestError) {
    var written = 0
    while written < pending.count {
      let result = unsafe pending.withUnsafeBytes { bytes in
        unsafe Glibc.write(descriptor, bytes.baseAddress?.advanced(by: written), bytes.count - written)
      }
      if result < 0 {
        if errno == EINTR { continue }
        throw IngestError(
          .inputOutput, file: name, reason: "cannot write the rejects file (errno \(errno))",
          hint: "check the space on the disk and the permissions")
      }
      written += result
    }
    pending.removeAll(keepingCapacity: true)
  }
}
