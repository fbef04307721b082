import Glibc
import Sodium
import Synchronization

/// Where `--from -` reads: stdin, or memory in a test.
final class InputChannel: Sendable {
  /// Whether a person would have to type it.
  let isTerminal: Bool

  private let descriptor: Int32?
  private let memory: Mutex<ArraySlice<UInt8>>

  /// A channel from an open file, which it does not close.
  init(descriptor: Int32) {
    isTerminal = isatty(descriptor) == 1
    self.descriptor = descriptor
    memory = Mutex([])
  }

  /// A channel from memory that may pose as a terminal.
  init(inMemory bytes: [UInt8], isTerminal: Bool) {
    self.isTerminal = isTerminal
    descriptor = nil
    memory = Mutex(bytes[...])
  }

  /// Reads to the end.
  ///
  /// - Parameter limit: More bytes than these are refused with exit code 65.
  func readAll(limit: Int) throws(CommandFailure) -> WipedBytes {
    var bytes = WipedBytes()
    guard let descriptor else {
      let taken = memory.withLock { rest in
        defer { rest = [] }
        return Array(rest)
      }
      guard taken.count <= limit else { throw .tooLong(limit: limit, doing: "read stdin") }
      bytes.append(copying: taken)
      return bytes
    }
    try ByteTransfer.readAll(from: descriptor, limit: limit, into: &bytes, doing: "read stdin")
    return bytes
  }
}
