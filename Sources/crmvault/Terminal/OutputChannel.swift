import Glibc
import Sodium
import Synchronization

/// Where results or notices go: stdout, stderr, or memory in a test.
///
/// Bytes are written with `write(2)` straight from where they are: `print` keeps what passed
/// through its buffer.
final class OutputChannel: Sendable {
  private enum Destination {
    case descriptor(Int32)
    case memory
  }

  /// Whether a person looks at it.
  let isTerminal: Bool
  /// Colour and weight, if it can show them.
  let style: Style
  /// Columns of the terminal; 80 where unknown.
  let width: Int

  private let destination: Destination
  private let name: String
  private let statusLine: StatusLine
  private let captured = Mutex<[UInt8]>([])

  /// A channel to an open file, which it does not close.
  init(descriptor: Int32, name: String, environment: Environment, statusLine: StatusLine) {
    isTerminal = isatty(descriptor) == 1
    style = Style(isTerminal: isTerminal, environment: environment)
    width = isTerminal ? Self.columns(of: descriptor) ?? 80 : 80
    destination = .descriptor(descriptor)
    self.name = name
    self.statusLine = statusLine
  }

  /// A channel to memory that may pose as a terminal.
  init(
    inMemory name: String, isTerminal: Bool, width: Int, environment: Environment,
    statusLine: StatusLine
  ) {
    self.isTerminal = isTerminal
    self.width = width
    style = Style(isTerminal: isTerminal, environment: environment)
    destination = .memory
    self.name = name
    self.statusLine = statusLine
  }

  /// What was written so far, of a channel to memory.
  var text: String {
    captured.withLock { String(decoding: $0, as: UTF8.self) }
  }

  /// What was written so far, of a channel to memory, as bytes.
  var bytes: [UInt8] { captured.withLock { $0 } }

  /// Writes all of the bytes.
  ///
  /// A reader that went away is a silent failure: it wants no more, and no complaint.
  func write(_ bytes: Span<UInt8>) throws(CommandFailure) {
    guard isTerminal else { return try put(bytes) }
    try statusLine.stepAside { () throws(CommandFailure) in try put(bytes) }
  }

  /// Writes all of the bytes of a wiped buffer.
  func write(_ bytes: borrowing WipedBytes) throws(CommandFailure) {
    try bytes.withBytes { (span: Span<UInt8>) throws(CommandFailure) in try write(span) }
  }

  /// Writes text that is not personal: the copies of a `String` stay in memory.
  func write(_ text: String) throws(CommandFailure) {
    try write(text.utf8.span)
  }

  /// Writes as the status line does: without asking it to step aside.
  func writeStatus(_ text: String) {
    try? put(text.utf8.span)
  }

  private func put(_ bytes: Span<UInt8>) throws(CommandFailure) {
    switch destination {
    case .descriptor(let number):
      try ByteTransfer.writeAll(bytes, to: number, doing: "write to \(name)")
    case .memory:
      captured.withLock { kept in
        for index in bytes.indices { kept.append(bytes[index]) }
      }
    }
  }

  private static func columns(of descriptor: Int32) -> Int? {
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}
