import Glibc
import Sodium
import Vault

/// Where a reading that goes on puts its lines.
protocol FollowOutput {
  /// Puts a batch of lines behind what was stored, and returns the mark to store for it: length and inode of the output.
  ///
  /// - Parameter mark: what was stored last, or nil.
  mutating func put(_ lines: [UInt8], after mark: FollowFile.Mark?) throws -> (length: UInt64, inode: UInt64)
}

/// Standard output: a batch is stored once it was written. A kill between the two repeats that batch; every line
/// carries its entry's number, by which a receiver tells.
struct StandardOutput: FollowOutput {
  let console: Console

  mutating func put(_ lines: [UInt8], after mark: FollowFile.Mark?) throws -> (length: UInt64, inode: UInt64)
  {
    try console.output.write(lines.span)
    return (0, 0)
  }
}

/// A file that a shipper reads: nothing is lost and nothing comes twice, whenever the program is killed.
///
/// The lines of an entry are the same each time they are made. So what a batch that was interrupted has left behind
/// the stored length is compared with the lines, kept, and continued; the file is never cut off, and who reads it at an
/// offset never reads a line twice. Where the file was moved away (log rotation), a new one is begun.
struct FollowedFile: FollowOutput {
  private let path: String

  init(path: String) { self.path = path }

  mutating func put(_ lines: [UInt8], after mark: FollowFile.Mark?) throws -> (length: UInt64, inode: UInt64)
  {
    let doing = "write \(path)"
    let number = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW, 0o600)
    guard number >= 0 else { throw CommandFailure.system(errno, doing: doing) }
    let file = Descriptor(owning: number)
    let status = try file.status(doing: doing)
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw CommandFailure.usage(
        "not_a_file", "\(path) is no regular file", hints: "without --out, lines go to stdout")
    }
    let size = UInt64(status.st_size)
    // Another file, or one that was cut off, was begun anew: the stored lines are durable where they are.
    let isSame = mark.map { $0.inode == UInt64(status.st_ino) && $0.length <= size } ?? false
    let start = isSame ? mark?.length ?? 0 : 0
    let left = try Self.read(file, from: start, to: size, limit: lines.count, doing)
    guard lines.starts(with: left) else {
      throw CommandFailure(
        "foreign_lines", "\(path) holds lines that are not the ones that follow there",
        hints: [
          "somebody else writes to it, or another version wrote the last lines",
          "move it away and start again",
        ],
        exit: .badInput)
    }
    try ByteTransfer.writeAll(lines.span.extracting(left.count..<lines.count), to: file.number, doing: doing)
    guard fdatasync(file.number) == 0 else { throw CommandFailure.system(errno, doing: doing) }
    if size == 0 { try Self.syncFolder(of: path) }
    return (start + UInt64(lines.count), UInt64(status.st_ino))
  }

  /// What lies behind the stored length; more than the batch can be is not read whole, as it cannot be equal.
  private static func read(
    _ file: borrowing Descriptor, from start: UInt64, to end: UInt64, limit: Int, _ doing: String
  ) throws -> [UInt8] {
    let count = Int(min(end - start, UInt64(limit) + 1))
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let number = file.number
      let got = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(number, buffer.baseAddress?.advanced(by: done), count - done, off_t(start) + off_t(done))
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { throw CommandFailure.system(got < 0 ? errno : EIO, doing: doing) }
      done += got
    }
    return bytes
  }

  private static func syncFolder(of path: String) throws {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let handle = try Descriptor.open(folder, O_RDONLY | O_DIRECTORY, doing: "sync \(folder)")
    guard fsync(handle.number) == 0 else { throw CommandFailure.system(errno, doing: "sync \(folder)") }
  }
}
