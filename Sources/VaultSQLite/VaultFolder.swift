import Vault

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The folder of a vault and the database file in it.
struct VaultFolder: Sendable {
  /// The database file's name.
  static let databaseName = "vault.sqlite"

  /// The folder's absolute path, free of symbolic links.
  let path: String

  /// The database file's absolute path. Absolute, because SQLite may read a name that begins with `file:` as
  /// an address, and because the process may change its folder.
  var database: String { path + "/" + Self.databaseName }

  /// The folder of a vault that is there. `.notFound` when there is none; `.configuration` when the database
  /// is not a plain file of its own.
  init(existing folder: String) throws(StoreError) {
    guard let path = Self.resolve(folder) else {
      if errno == ENOENT || errno == ENOTDIR { throw StoreError(.notFound, "there is no vault at this path") }
      throw StoreError(.io, "the vault's folder cannot be reached (system error \(errno))")
    }
    self.path = path
    try checkDatabase()
  }

  /// Makes the folder (0700) and an empty database file (0600), whatever the umask. A folder that is there is
  /// taken if it is empty and the user's own; anything else is `.exists`.
  init(creating folder: String) throws(StoreError) {
    let isNew = unsafe mkdir(folder, 0o700) == 0
    guard isNew || errno == EEXIST else {
      throw StoreError(.io, "the vault's folder cannot be made (system error \(errno))")
    }
    guard let path = Self.resolve(folder), isNew || Self.isEmptyAndOwn(folder) else {
      throw StoreError(.exists, "there is something at this path already")
    }
    self.path = path
    do throws(StoreError) {
      guard unsafe chmod(path, 0o700) == 0 else { throw Self.cannotMake(errno) }
      try makeDatabase()
      // The database's own name is made durable by SQLite's first commit; the folder's by this.
      try Self.synchronize(path + "/..")
    } catch {
      remove()
      throw error
    }
  }

  /// Removes what `init(creating:)` made; only for a vault that never came to be.
  func remove() {
    unsafe unlink(database + "-journal")
    unsafe unlink(database)
    unsafe rmdir(path)
  }

  private func makeDatabase() throws(StoreError) {
    let descriptor = unsafe open(database, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw Self.cannotMake(errno) }
    defer { close(descriptor) }
    guard fchmod(descriptor, 0o600) == 0 else { throw Self.cannotMake(errno) }
  }

  /// Looks at the name without opening the file: closing any descriptor of it would drop the locks that
  /// SQLite holds in this process.
  private func checkDatabase() throws(StoreError) {
    var information = stat()
    guard unsafe lstat(database, &information) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { throw StoreError(.notFound, "there is no vault at this path") }
      throw StoreError(.io, "the vault's database file cannot be reached (system error \(errno))")
    }
    guard information.st_mode & S_IFMT == S_IFREG else {
      throw StoreError(.configuration, "the vault's database is not a plain file, or a symbolic link")
    }
    // A journal belongs to a name: by a second name a database would be opened without its journal.
    guard information.st_nlink == 1 else {
      throw StoreError(.configuration, "the vault's database file has a second name (a hard link)")
    }
  }

  private static func cannotMake(_ code: CInt) -> StoreError {
    if code == ENOSPC || code == EDQUOT { return StoreError(.full, "no space is left for a new vault") }
    return StoreError(.io, "the vault cannot be made (system error \(code))")
  }

  private static func synchronize(_ folder: String) throws(StoreError) {
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }  // a parent that may not be read cannot be synced, only written
    defer { close(descriptor) }
    // Some file systems do not sync folders at all.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw cannotMake(errno) }
  }

  private static func resolve(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  private static func isEmptyAndOwn(_ folder: String) -> Bool {
    var information = stat()
    guard unsafe lstat(folder, &information) == 0, information.st_mode & S_IFMT == S_IFDIR,
      information.st_uid == geteuid(), let stream = unsafe opendir(folder)
    else { return false }
    defer { unsafe closedir(stream) }
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { return false }
    }
    return true
  }
}
