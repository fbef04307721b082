internal import Glibc
internal import Synchronization

/// A regular file that is read and written at offsets only, so that threads share it without a file position.
///
/// Short transfers are continued and interrupted calls repeated. The lock is an open file description lock
/// (`F_OFD_SETLK`): unlike a POSIX record lock it does not vanish when another descriptor of the file is closed.
final class PositionedFile: Sendable {
  /// `F_OFD_SETLK` of `<fcntl.h>`; the Glibc module is built without `_GNU_SOURCE` and does not show it.
  private static let setOpenFileDescriptionLock: Int32 = 37
  /// Locks are held for one batch of slots or one header: who waits longer waits for a stopped process.
  private static let lockAttempts = 1_000
  private static let microsecondsBetweenAttempts: UInt32 = 5_000

  private let descriptor: Int32
  /// Two threads of one process share the description, and so do not exclude each other by its lock.
  private let threads = Mutex<Void>(())

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { _ = Glibc.close(descriptor) }

  /// Opens an existing file for reading and writing. Symbolic links and what is no regular file are refused.
  static func open(path: String) throws(SystemFailure) -> PositionedFile {
    try opened(path: path, flags: O_RDWR | O_NONBLOCK, attempt: "cannot open \(path)")
  }

  /// Makes a new file that only its owner may use; refused where anything has that name.
  static func create(path: String) throws(SystemFailure) -> PositionedFile {
    try opened(path: path, flags: O_RDWR | O_CREAT | O_EXCL, attempt: "cannot create \(path)")
  }

  /// Opens a file, or makes it where it is missing.
  static func openOrCreate(path: String) throws(SystemFailure) -> PositionedFile {
    try opened(path: path, flags: O_RDWR | O_NONBLOCK | O_CREAT, attempt: "cannot open \(path)")
  }

  private static func opened(path: String, flags: Int32, attempt: String) throws(SystemFailure)
    -> PositionedFile
  {
    let descriptor = try retried(attempt) {
      unsafe Glibc.open(path, flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, 0o600)
    }
    let file = PositionedFile(descriptor: Int32(descriptor))
    guard try file.status().st_mode & S_IFMT == S_IFREG else {
      throw SystemFailure(attempt: "\(path) is not a regular file", number: ENODEV)
    }
    return file
  }

  /// Makes what was created or removed in a folder durable.
  static func synchronize(folder: String) throws(SystemFailure) {
    let attempt = "cannot sync the folder \(folder)"
    let descriptor = Int32(
      try retried(attempt) { unsafe Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) })
    defer { _ = Glibc.close(descriptor) }
    _ = try retried(attempt) { fsync(descriptor) }
  }

  /// Removes a name; nothing happens where there is none.
  static func remove(path: String) { _ = unsafe unlink(path) }

  /// Makes a folder that only its owner may use, and what is missing above it.
  static func makeFolder(_ path: String) throws(SystemFailure) {
    if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
      throw SystemFailure(attempt: "cannot make the folder \(path)", number: errno)
    }
    try makeFolder(String(path[..<slash]))
    _ = try retried("cannot make the folder \(path)") { unsafe mkdir(path, 0o700) }
  }

  /// Gives a file another name, in place of whatever has that name.
  static func rename(_ path: String, to name: String) throws(SystemFailure) {
    _ = try retried("cannot put \(name) in place") { unsafe Glibc.rename(path, name) }
  }

  /// Whether two descriptors are of one file.
  func isSame(as other: PositionedFile) throws(SystemFailure) -> Bool {
    let (one, two) = (try status(), try other.status())
    return one.st_dev == two.st_dev && one.st_ino == two.st_ino
  }

  /// The length in bytes.
  func size() throws(SystemFailure) -> UInt64 { UInt64(try status().st_size) }

  /// The access rights: the low nine bits of the mode.
  func accessRights() throws(SystemFailure) -> UInt32 { try status().st_mode & 0o777 }

  /// Sets the low nine bits of the mode.
  func setAccessRights(_ rights: UInt32) throws(SystemFailure) {
    _ = try Self.retried("cannot set its access rights") { fchmod(descriptor, rights & 0o777) }
  }

  private func status() throws(SystemFailure) -> stat {
    var status = stat()
    let descriptor = descriptor
    _ = try Self.retried("cannot examine it") { unsafe fstat(descriptor, &status) }
    return status
  }

  /// Fills `buffer` from `offset`. What lies beyond the end of the file reads as zeros.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(SystemFailure) {
    var done = 0
    while done < buffer.count {
      let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let position = off_t(offset) + off_t(done)
      let count = try Self.retried("cannot read it") {
        unsafe pread(descriptor, rest.baseAddress, rest.count, position)
      }
      guard count > 0 else {
        unsafe rest.initializeMemory(as: UInt8.self, repeating: 0)
        return
      }
      done += count
    }
  }

  /// Writes all of `buffer` at `offset`.
  func write(_ buffer: UnsafeRawBufferPointer, at offset: UInt64) throws(SystemFailure) {
    var done = 0
    while done < buffer.count {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[done...])
      let position = off_t(offset) + off_t(done)
      done += try Self.retried("cannot write it") {
        unsafe pwrite(descriptor, rest.baseAddress, rest.count, position)
      }
    }
  }

  /// Takes the space of a range before anything is written there, so that a full disk is met with nothing half done.
  func reserve(_ range: Range<UInt64>) throws(SystemFailure) {
    while true {
      let number = posix_fallocate(
        descriptor, off_t(range.lowerBound), off_t(range.upperBound - range.lowerBound))
      switch number {
      case 0, EOPNOTSUPP, EINVAL: return
      case EINTR: continue
      default: throw SystemFailure(attempt: "cannot take space for it", number: number)
      }
    }
  }

  /// Cuts the file off, or lets it grow by zeros.
  func truncate(to size: UInt64) throws(SystemFailure) {
    _ = try Self.retried("cannot cut it off") { ftruncate(descriptor, off_t(size)) }
  }

  /// Makes what was written durable, with the length that is needed to find it: one `fdatasync`.
  func synchronizeData() throws(SystemFailure) {
    _ = try Self.retried("cannot sync it") { fdatasync(descriptor) }
  }

  /// Makes contents and attributes durable: one `fsync`.
  func synchronize() throws(SystemFailure) {
    _ = try Self.retried("cannot sync it") { fsync(descriptor) }
  }

  /// Runs `body` while no other thread and no other process holds the file's lock; shared locks of other
  /// processes exclude exclusive ones only. Not reentrant. `translate` gives a failure to lock its owner's form.
  func withLock<Result: ~Copyable, Failure: Error>(
    exclusive: Bool, _ translate: (SystemFailure) -> Failure, _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try threads.withLock { (_: inout Void) throws(Failure) -> Result in
      do throws(SystemFailure) { try setLock(exclusive ? F_WRLCK : F_RDLCK) } catch { throw translate(error) }
      defer { try? setLock(F_UNLCK) }
      return try body()
    }
  }

  private func setLock(_ type: Int32) throws(SystemFailure) {
    for attempt in 1... {
      var lock = flock()
      lock.l_type = Int16(type)
      lock.l_whence = Int16(SEEK_SET)
      if unsafe fcntl(descriptor, Self.setOpenFileDescriptionLock, &lock) == 0 { return }
      let number = errno
      switch number {
      case EINTR: continue
      case EAGAIN, EACCES:
        guard attempt < Self.lockAttempts else {
          throw SystemFailure(attempt: "another process holds its lock", number: EAGAIN)
        }
        _ = usleep(Self.microsecondsBetweenAttempts)
      default: throw SystemFailure(attempt: "cannot lock it", number: number)
      }
    }
  }

  /// Repeats an interrupted call; a negative result is a failure.
  private static func retried<Count: SignedInteger>(
    _ attempt: @autoclosure () -> String, _ call: () -> Count
  ) throws(SystemFailure) -> Int {
    while true {
      let result = call()
      if result >= 0 { return Int(result) }
      let number = errno
      if number != EINTR { throw SystemFailure(attempt: attempt(), number: number) }
    }
  }
}
