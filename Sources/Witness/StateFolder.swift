internal import Glibc

/// A folder that only its owner may use. A file in it is there whole or not at all, also after a power cut.
struct StateFolder: Sendable {
  let path: String

  /// Makes the folder; refused where anything has that name.
  func create() throws(WitnessError) {
    guard unsafe mkdir(path, 0o700) == 0 else { throw failure("make", "") }
    try sync("..")
  }

  /// Makes a folder within, if it is missing.
  func makeFolder(_ name: String) throws(WitnessError) {
    if unsafe mkdir(full(name), 0o700) == 0 { return try sync(Self.parent(name)) }
    guard errno == EEXIST else { throw failure("make", name) }
  }

  /// The bytes of a regular file; nil where there is none.
  ///
  /// - Parameter isPrivate: refuse a file that group or others can use.
  func read(_ name: String, limit: Int, isPrivate: Bool = false) throws(WitnessError) -> [UInt8]? {
    let descriptor = unsafe open(full(name), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw failure("read", name)
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure("read", name) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
      throw WitnessError(.configuration, "\(full(name)) is not a file of at most \(limit) bytes")
    }
    guard !isPrivate || status.st_mode & 0o077 == 0 else {
      throw WitnessError(.configuration, "\(full(name)) can be used by others; run: chmod 600 \(full(name))")
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure("read", name) }
      guard count > 0 else { break }
      done += count
    }
    return Array(bytes[..<done])
  }

  /// Puts a file in place and makes it durable, its name included.
  func write(_ bytes: [UInt8], to name: String, mode: mode_t = 0o600) throws(WitnessError) {
    let temporary = name + Self.suffix
    try put(bytes, temporary, mode)
    guard unsafe rename(full(temporary), full(name)) == 0 else { throw failure("write", name) }
    try sync(Self.parent(name))
  }

  /// Puts a new folder of files in place, all or none; false where it is there already.
  func writeFolder(_ files: [(name: String, bytes: [UInt8])], to name: String) throws(WitnessError) -> Bool {
    if exists(name) { return false }
    let temporary = name + Self.suffix
    if unsafe mkdir(full(temporary), 0o700) != 0, errno != EEXIST { throw failure("make", temporary) }
    for file in files { try put(file.bytes, "\(temporary)/\(file.name)", 0o600) }
    try sync(temporary)
    guard unsafe rename(full(temporary), full(name)) == 0 else { throw failure("write", name) }
    try sync(Self.parent(name))
    return true
  }

  /// The names in a folder, sorted, without those of unfinished writes; none where it is missing.
  func names(in name: String) throws(WitnessError) -> [String] {
    guard let folder = unsafe opendir(full(name)) else {
      if errno == ENOENT { return [] }
      throw failure("read", name)
    }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let found = unsafe withUnsafePointer(to: &entry.pointee.d_name) { start in
        unsafe start.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if !found.hasPrefix("."), !found.hasSuffix(Self.suffix) { names.append(found) }
    }
    return names.sorted()
  }

  /// Takes the folder for this process, until the descriptor is closed or the process ends.
  func lock() throws(WitnessError) -> CInt {
    let descriptor = unsafe open(full("lock"), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw failure("lock", "") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      throw WitnessError(.busy, "another witness is at work in \(path)")
    }
    return descriptor
  }

  func exists(_ name: String) -> Bool {
    var status = stat()
    return unsafe lstat(full(name), &status) == 0
  }

  private static let suffix = ".new"

  private static func parent(_ name: String) -> String {
    name.lastIndex(of: "/").map { String(name[..<$0]) } ?? ""
  }

  private func full(_ name: String) -> String { name.isEmpty ? path : "\(path)/\(name)" }

  private func put(_ bytes: [UInt8], _ name: String, _ mode: mode_t) throws(WitnessError) {
    let descriptor = unsafe open(full(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw failure("write", name) }
    defer { close(descriptor) }
    guard fchmod(descriptor, mode) == 0 else { throw failure("write", name) }
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure("write", name) }
      done += count
    }
    guard fsync(descriptor) == 0 else { throw failure("sync", name) }
  }

  private func sync(_ name: String) throws(WitnessError) {
    let descriptor = unsafe open(full(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("sync", name) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("sync", name) }
  }

  private func failure(_ verb: String, _ name: String) -> WitnessError {
    let number = errno
    let text = unsafe String(cString: strerror(number))
    let code: WitnessError.Code =
      switch number {
      case ENOENT, ENOTDIR: .missing
      case EEXIST: .exists
      case ENOSPC, EDQUOT: .full
      case EACCES, EPERM, ELOOP, EROFS: .configuration
      default: .io
      }
    return WitnessError(code, "cannot \(verb) \(full(name)): \(text)")
  }
}
