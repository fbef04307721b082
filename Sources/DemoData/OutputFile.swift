import Glibc

/// A file that is written in blocks of 1 MiB.
final class OutputFile {
  private static let blockSize = 1 << 20

  private let path: String
  private let descriptor: Int32
  private var block: [UInt8] = []

  /// Creates the file, or empties it.
  init(_ path: String) throws(Failure) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system("cannot create \(path)", errno) }
    self.path = path
    self.descriptor = descriptor
    block.reserveCapacity(Self.blockSize + 4096)
  }

  deinit { close(descriptor) }

  /// Appends text as it is.
  func write(_ text: StaticString) {
    unsafe block.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Appends bytes as they are.
  func write(bytes: [UInt8]) { block.append(contentsOf: bytes) }

  /// Appends a field, in quotes where CSV (RFC 4180) needs them.
  func write(field: String) {
    let needsQuotes = field.utf8.contains { $0 == 0x22 || $0 == 0x2c || $0 == 0x0a || $0 == 0x0d }
    guard needsQuotes else { return block.append(contentsOf: field.utf8) }
    block.append(0x22)
    for byte in field.utf8 {
      if byte == 0x22 { block.append(0x22) }
      block.append(byte)
    }
    block.append(0x22)
  }

  /// Appends a decimal number with at least this many digits.
  func write(number: Int, digits: Int = 1) {
    var divisor = 1
    var places = 1
    while places < digits || number / divisor >= 10 {
      divisor *= 10
      places += 1
    }
    var rest = number
    while divisor > 0 {
      block.append(0x30 + UInt8(rest / divisor))
      rest %= divisor
      divisor /= 10
    }
  }

  /// Appends an amount in major units with two decimals.
  func write(hundredths: Int) {
    if hundredths < 0 { block.append(0x2d) }
    write(number: abs(hundredths) / 100)
    block.append(0x2e)
    write(number: abs(hundredths) % 100, digits: 2)
  }

  /// Ends a row.
  func endRow() throws(Failure) {
    block.append(0x0a)
    if block.count >= Self.blockSize { try flush() }
  }

  /// Writes out what is left.
  func finish() throws(Failure) { try flush() }

  private func flush() throws(Failure) {
    var done = 0
    while done < block.count {
      let written = unsafe block.withUnsafeBytes { bytes in
        unsafe Glibc.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw .system("cannot write \(path)", errno) }
      done += written
    }
    block.removeAll(keepingCapacity: true)
  }
}
