internal import Glibc
internal import Sodium

/// The few file operations that the vault needs beside its store: whole small files, written atomically.
enum SystemFile {
  /// Reads a whole regular file of at most `limit` bytes into wiped memory.
  ///
  /// - Parameter isPrivate: refuse a file that group or others can read or write.
  static func read(_ path: String, limit: Int, isPrivate: Bool) throws(VaultError) -> WipedBytes {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw failure("read", path) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure("read", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw VaultError(.configuration, "\(path) is not a regular file")
    }
    if isPrivate, status.st_mode & 0o077 != 0 {
      throw VaultError(
        .configuration, "\(path) can be read by others (mode \(octal(status.st_mode)))",
        hint: "run: chmod 600 \(path)")
    }
    guard status.st_size <= limit else {
      throw VaultError(.configuration, "\(path) is larger than \(limit) bytes")
    }
    var content = WipedBytes(capacity: limit + 1)
    var chunk = WipedBytes(capacity: 4096)
    while true {
      chunk.removeAll()
      var count = 0
      chunk.append(count: 4096) { span in
        count = unsafe span.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure("read", path) }
      if count == 0 { return content }
      chunk.truncate(to: count)
      chunk.withBytes { content.append($0) }
      guard content.count <= limit else {
        throw VaultError(.configuration, "\(path) is larger than \(limit) bytes")
      }
    }
  }

  /// Reads a whole small text file that is no secret.
  static func text(_ path: String, limit: Int) throws(VaultError) -> String {
    let bytes = try read(path, limit: limit, isPrivate: false)
    let text = bytes.withBytes { span in
      unsafe span.withUnsafeBufferPointer { unsafe String(validating: $0, as: UTF8.self) }
    }
    guard let text else { throw VaultError(.configuration, "\(path) is not valid UTF-8") }
    return text
  }

  /// Writes a file so that it is there whole or not at all, also after a power cut.
  ///
  /// - Parameter replacing: whether a file that exists is replaced; else it is an `.exists` error.
  static func write(_ bytes: Span<UInt8>, to path: String, mode: mode_t, replacing: Bool) throws(VaultError) {
    if !replacing, exists(path) { throw VaultError(.exists, "\(path) exists already") }
    let temporary = "\(path).new-\(getpid())"
    let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw failure("write", path) }
    var isDone = false
    defer {
      close(descriptor)
      if !isDone { unsafe unlink(temporary) }
    }
    guard fchmod(descriptor, mode) == 0 else { throw failure("write", path) }
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe Glibc.write(descriptor, $0.baseAddress?.advanced(by: written), $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure("write", path) }
      written += count
    }
    guard fsync(descriptor) == 0 else { throw failure("write", path) }
    if replacing {
      guard unsafe rename(temporary, path) == 0 else { throw failure("write", path) }
      isDone = true
    } else {
      // A hard link fails where a file has appeared meanwhile; a rename would replace it.
      guard unsafe link(temporary, path) == 0 else { throw failure("write", path) }
    }
    try syncFolder(of: path)
  }

  /// Whether anything is at this path.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  /// Makes the last rename or creation in a file's folder durable.
  static func syncFolder(of path: String) throws(VaultError) {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("sync", folder) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("sync", folder) }
  }

  /// The error for the current `errno`.
  static func failure(_ verb: String, _ path: String) -> VaultError {
    let number = errno
    let text = unsafe String(cString: strerror(number))
    switch number {
    case ENOENT: return VaultError(.notFound, "cannot \(verb) \(path): no such file")
    case EEXIST: return VaultError(.exists, "\(path) exists already")
    case ENOSPC, EDQUOT: return VaultError(.full, "cannot \(verb) \(path): \(text)", hint: "free some space")
    case ELOOP: return VaultError(.configuration, "\(path) is a symbolic link")
    case EACCES, EPERM: return VaultError(.configuration, "cannot \(verb) \(path): \(text)")
    default: return VaultError(.io, "cannot \(verb) \(path): \(text)")
    }
  }

  private static func octal(_ mode: mode_t) -> String { String(mode & 0o7777, radix: 8) }
}
