#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder that files are put into whole: written under another name, synced, and renamed.
struct Folder {
  let path: String

  /// The bytes of a file; nil when there is none.
  func read(_ name: String, limit: Int) throws(LogError) -> [UInt8]? {
    let descriptor = unsafe open(path(name), O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw failure("read", name)
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { buffer in
        Self.retrying { unsafe systemRead(descriptor, buffer.baseAddress, buffer.count) }
      }
      guard count >= 0 else { throw failure("read", name) }
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= limit else { throw LogError(.outOfBounds, "the file \(name) is too long") }
    }
  }

  /// Puts a file in place, durably but for its folder's entry. `sync` makes that durable.
  func write(_ bytes: [UInt8], to name: String) throws(LogError) {
    let temporary = name + ".new"
    let descriptor = unsafe open(
      path(temporary), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw failure("write", name) }
    var isOpen = true
    defer { if isOpen { close(descriptor) } }
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
        return Self.retrying { unsafe systemWrite(descriptor, rest.baseAddress, rest.count) }
      }
      guard count > 0 else { throw failure("write", name) }
      written += count
    }
    guard fsync(descriptor) == 0 else { throw failure("sync", name) }
    isOpen = false
    guard close(descriptor) == 0 else { throw failure("write", name) }
    guard unsafe rename(path(temporary), path(name)) == 0 else { throw failure("rename", name) }
  }

  /// Makes this folder and those above it, as far as they are missing.
  func create() throws(LogError) {
    let isAbsolute = path.utf8.first == UInt8(ascii: "/")
    try Folder(path: isAbsolute ? "/" : ".").makeFolder(path)
  }

  /// Makes a folder within this one and those above it, as far as they are missing.
  func makeFolder(_ name: String) throws(LogError) {
    var partial = ""
    for component in name.split(separator: "/") {
      partial += partial.isEmpty ? String(component) : "/" + component
      guard unsafe mkdir(path(partial), 0o755) == 0 || errno == EEXIST else { throw failure("make", partial) }
    }
  }

  /// Makes the names in a folder durable.
  func sync(_ name: String) throws(LogError) {
    let descriptor = unsafe open(path(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", name) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("sync", name) }
  }

  /// Runs `body` while no other process works on this folder through this function.
  func locked<R>(_ body: () throws(LogError) -> R) throws(LogError) -> R {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("open", "") }
    defer { close(descriptor) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw LogError(.inputOutput, "another process is writing to \(path)")
    }
    return try body()
  }

  private func path(_ name: String) -> String { name.isEmpty ? path : "\(path)/\(name)" }

  private func failure(_ verb: String, _ name: String) -> LogError {
    let code = errno
    let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    return LogError(.inputOutput, "cannot \(verb) \(path(name)): \(reason)")
  }

  private static func retrying(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }
}

// Within a type that has methods of the same names, the plain names mean those.
private func systemRead(_ descriptor: CInt, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  unsafe read(descriptor, buffer, count)
}

private func systemWrite(_ descriptor: CInt, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
  unsafe write(descriptor, buffer, count)
}
