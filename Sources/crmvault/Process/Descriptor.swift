import Glibc
import Sodium

/// An open file that closes itself, and is not inherited by commands we start.
struct Descriptor: ~Copyable, Sendable {
  /// The number of the open file.
  let number: Int32

  /// Takes over an open file.
  init(owning number: Int32) {
    self.number = number
  }

  deinit {
    close(number)
  }

  /// Opens a file.
  ///
  /// - Parameters:
  ///   - path: Where it is.
  ///   - flags: As of `open(2)`; `O_CLOEXEC` and `O_NOCTTY` are added.
  ///   - doing: What the opening is for, for the error: `read keys/anna.key`.
  static func open(_ path: String, _ flags: Int32, doing: String) throws(CommandFailure) -> Descriptor {
    while true {
      let number = unsafe Glibc.open(path, flags | O_CLOEXEC | O_NOCTTY)
      if number >= 0 { return Descriptor(owning: number) }
      if errno != EINTR { throw .system(errno, doing: doing) }
    }
  }

  /// What `fstat(2)` says of the open file: not of a path, which may have been exchanged meanwhile.
  borrowing func status(doing: String) throws(CommandFailure) -> stat {
    var status = stat()
    guard unsafe fstat(number, &status) == 0 else { throw .system(errno, doing: doing) }
    return status
  }
}

/// Reading and writing of open files without buffers that keep what passed through them.
enum ByteTransfer {
  /// Writes all of the bytes; waits where the file is non-blocking and full.
  static func writeAll(_ bytes: Span<UInt8>, to number: Int32, doing: String) throws(CommandFailure) {
    let failed: Int32 = unsafe bytes.withUnsafeBytes { buffer in
      var rest = unsafe buffer[...]
      while unsafe !rest.isEmpty {
        let written = unsafe write(number, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written >= 0 {
          unsafe rest = rest.dropFirst(written)
        } else if errno == EAGAIN {
          wait(for: number, Int16(POLLOUT))
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
    guard failed != 0 else { return }
    var failure = CommandFailure.system(failed, doing: doing)
    if failed == EPIPE { failure.isSilent = true }
    throw failure
  }

  /// Reads at most `count` bytes and appends them.
  ///
  /// - Returns: How many came; 0 at the end of the file.
  static func read(
    from number: Int32, atMost count: Int, into bytes: inout WipedBytes, doing: String
  ) throws(CommandFailure) -> Int {
    let before = bytes.count
    var received = 0
    var failed: Int32 = 0
    bytes.append(count: count) { (span: inout MutableSpan<UInt8>) in
      unsafe span.withUnsafeMutableBytes { buffer in
        while true {
          received = unsafe Glibc.read(number, buffer.baseAddress, buffer.count)
          if received >= 0 { return }
          if errno == EAGAIN {
            wait(for: number, Int16(POLLIN))
          } else if errno != EINTR {
            failed = errno
            return
          }
        }
      }
    }
    bytes.truncate(to: before + max(0, received))
    guard failed == 0 else { throw .system(failed, doing: doing) }
    return received
  }

  /// Reads to the end of the file.
  ///
  /// - Parameter limit: More bytes than these are refused with exit code 65.
  static func readAll(
    from number: Int32, limit: Int, into bytes: inout WipedBytes, doing: String
  ) throws(CommandFailure) {
    let start = bytes.count
    while true {
      let room = limit - (bytes.count - start)
      let count = try read(from: number, atMost: min(65_536, room + 1), into: &bytes, doing: doing)
      if count == 0 { return }
      if count > room { throw .tooLong(limit: limit, doing: doing) }
    }
  }

  private static func wait(for number: Int32, _ events: Int16) {
    var request = pollfd(fd: number, events: events, revents: 0)
    unsafe poll(&request, 1, -1)
  }
}

extension CommandFailure {
  /// More input than is accepted.
  static func tooLong(limit: Int, doing: String) -> CommandFailure {
    .badInput("input_too_long", "cannot \(doing): longer than \(limit) bytes")
  }
}
