import Glibc

/// The file to import: it is read more than once, so it must be a regular file.
struct ImportInput: ~Copyable {
  let path: String
  private let descriptor: Descriptor

  init(path: String) throws(CommandFailure) {
    self.path = path
    descriptor = try Self.open(path)
  }

  private static func open(_ path: String) throws(CommandFailure) -> Descriptor {
    guard path != "-" else { throw notRegular }
    let descriptor = try Descriptor.open(path, O_RDONLY | O_NONBLOCK, doing: "read \(path)")
    let status = try descriptor.status(doing: "read \(path)")
    if status.st_mode & S_IFMT == S_IFDIR { throw .system(EISDIR, doing: "read \(path)") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw notRegular }
    return descriptor
  }

  /// The open file, at its beginning.
  borrowing func rewound() throws(CommandFailure) -> Int32 {
    guard lseek(descriptor.number, 0, SEEK_SET) == 0 else { throw .system(errno, doing: "read \(path)") }
    return descriptor.number
  }

  private static var notRegular: CommandFailure {
    .usage(
      "not_a_file", "a file to import is read twice, which a pipe or a device cannot be",
      hints: "save it to a file on an encrypted disk, and import that")
  }
}
