internal import Glibc

/// A file of 16 MiB in the vault folder that is given up when the disk is full, so that the log and an erasure
/// can still be written; while it cannot be made again, reads stop.
public struct Ballast: Sendable {
  /// The file's size in bytes.
  public static let size = 16 << 20
  /// Where it lies.
  public let path: String

  /// The ballast of a vault folder.
  public init(folder: String) { path = "\(folder)/ballast" }

  /// Whether the whole file is there.
  public var isThere: Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_size >= Self.size
  }

  /// Makes the file, with its blocks allocated.
  public func make() throws(VaultError) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SystemFile.failure("write", path) }
    defer { close(descriptor) }
    let code = posix_fallocate(descriptor, 0, off_t(Self.size))
    guard code == 0 else {
      errno = code
      let failure = SystemFile.failure("write", path)
      unsafe unlink(path)
      throw failure
    }
  }

  /// Removes the file; false when there was none.
  func giveUp() throws(VaultError) -> Bool {
    if unsafe unlink(path) == 0 { return true }
    guard errno == ENOENT else { throw SystemFile.failure("give up", path) }
    return false
  }

  /// Makes the file again when there is room.
  func restoreIfPossible() {
    try? make()
  }

  /// Refuses to go on while the ballast is missing and cannot be made.
  func require() throws(VaultError) {
    guard !isThere else { return }
    do { try make() } catch {
      throw VaultError(
        .full, "the disk is full and the log's reserve is used up: nothing is read until there is room",
        hint: "free at least 16 MiB where the vault lies")
    }
  }
}
