import Glibc
import Sodium

/// A file under a temporary name until it may be seen: then it gets its own in one step, or never.
struct DraftFile: ~Copyable {
  /// Where it will be.
  let path: String
  /// The open file.
  let descriptor: Descriptor
  private let temporary: String

  /// Begins a file; nothing must be at its path.
  init(path: String) throws(CommandFailure) {
    guard !TextFile.exists(path) else {
      throw CommandFailure("exists", "\(path) exists already", hint: "choose another path", exit: .exists)
    }
    let temporary = "\(path).new-\(getpid())"
    let number = unsafe open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else { throw .system(errno, doing: "write \(path)") }
    self.path = path
    self.temporary = temporary
    descriptor = Descriptor(owning: number)
  }

  deinit { unsafe unlink(temporary) }

  /// Appends bytes.
  borrowing func write(_ bytes: Span<UInt8>) throws(CommandFailure) {
    try ByteTransfer.writeAll(bytes, to: descriptor.number, doing: "write \(path)")
  }

  /// Goes back to the beginning, to be read.
  borrowing func rewind() throws(CommandFailure) {
    guard lseek(descriptor.number, 0, SEEK_SET) == 0 else { throw .system(errno, doing: "read \(path)") }
  }

  /// Gives the file its name, durably. A file that has appeared there meanwhile is not replaced.
  consuming func publish() throws(CommandFailure) {
    guard fsync(descriptor.number) == 0, unsafe link(temporary, path) == 0 else {
      throw .system(errno, doing: "write \(path)")
    }
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let opened = try Descriptor.open(folder, O_RDONLY | O_DIRECTORY, doing: "sync \(folder)")
    guard fsync(opened.number) == 0 else { throw .system(errno, doing: "sync \(folder)") }
  }
}
