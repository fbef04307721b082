import Glibc
import Sodium

/// A file without a name, or under a temporary one, until it may be seen: then it gets its own in one step, or never.
///
/// Where the file system knows files without a name, a process that is killed leaves nothing.
struct DraftFile: ~Copyable {
  /// Where it will be.
  let path: String
  /// The open file.
  let descriptor: Descriptor
  /// The temporary name; nil where the file has none.
  private let temporary: String?

  /// Begins a file; nothing must be at its path.
  init(path: String) throws(CommandFailure) {
    guard !TextFile.exists(path) else {
      throw CommandFailure("exists", "\(path) exists already", hint: "choose another path", exit: .exists)
    }
    var name: String?
    var number = Self.openWithoutName(in: Self.folder(of: path))
    if number < 0 {
      let temporary = "\(path).new-\(getpid())"
      number = unsafe open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard number >= 0 else { throw .system(errno, doing: "write \(path)") }
      name = temporary
    }
    self.path = path
    temporary = name
    descriptor = Descriptor(owning: number)
  }

  deinit {
    if let temporary { unsafe unlink(temporary) }
  }

  /// A new file that has no name yet; negative where the file system, or a missing `/proc`, does not allow it.
  private static func openWithoutName(in folder: String) -> Int32 {
    // O_TMPFILE of <fcntl.h>; the Glibc module is built without _GNU_SOURCE and does not show it.
    let withoutName = 0o20_000_000 | O_DIRECTORY
    guard unsafe access("/proc/self/fd", R_OK | X_OK) == 0 else { return -1 }
    return unsafe open(folder, O_RDWR | withoutName | O_CLOEXEC, 0o600)
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Appends bytes.
  borrowing func write(_ bytes: Span<UInt8>) throws(CommandFailure) {
    try ByteTransfer.writeAll(bytes, to: descriptor.number, doing: "write \(path)")
  }

  /// Makes what was written durable, still without a name.
  borrowing func synchronize() throws(CommandFailure) {
    guard fsync(descriptor.number) == 0 else { throw .system(errno, doing: "write \(path)") }
  }

  /// Goes back to the beginning, to be read.
  borrowing func rewind() throws(CommandFailure) {
    guard lseek(descriptor.number, 0, SEEK_SET) == 0 else { throw .system(errno, doing: "read \(path)") }
  }

  /// Gives the file its name, durably. A file that has appeared there meanwhile is not replaced.
  ///
  /// - Parameter other: a file that goes with it, and is taken away where this one gets no name.
  consuming func publish(orRemoving other: String? = nil) throws(CommandFailure) {
    guard fsync(descriptor.number) == 0, isNamed() else {
      let failure = CommandFailure.system(errno, doing: "write \(path)")
      if let other { TextFile.remove(other) }
      throw failure
    }
    let folder = Self.folder(of: path)
    let opened = try Descriptor.open(folder, O_RDONLY | O_DIRECTORY, doing: "sync \(folder)")
    guard fsync(opened.number) == 0 else { throw .system(errno, doing: "sync \(folder)") }
  }

  /// Writes a whole small file that must not be there, durably and in one step.
  static func publish(_ bytes: [UInt8], at path: String) throws(CommandFailure) {
    let draft = try DraftFile(path: path)
    try draft.write(bytes.span)
    try draft.publish()
  }

  private borrowing func isNamed() -> Bool {
    if let temporary { return unsafe link(temporary, path) == 0 }
    let own = "/proc/self/fd/\(descriptor.number)"
    return unsafe linkat(AT_FDCWD, own, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0
  }
}
