import Vault

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension SQLiteStore {
  /// Makes a vault at `folder` from a copy that `StoreReader.copyEverything` handed out: written, synced, and opened.
  ///
  /// - Parameter fill: hands the copy's pieces, in order, to what it is given.
  /// - Throws: as ``create(folder:)`` and ``open(folder:readOnly:)``; the folder is gone again then.
  public static func create(
    folder: String, from fill: ((Span<UInt8>) throws -> Void) throws -> Void
  ) throws -> SQLiteStore {
    let made = try VaultFolder(creating: folder)
    do {
      let file = try CopyFile(path: made.database)
      try fill { try file.append($0) }
      try file.synchronize()
      return try open(folder: folder)
    } catch {
      made.remove()
      throw error
    }
  }
}

/// A database file that is filled before anybody opens it.
private final class CopyFile {
  private let descriptor: CInt

  init(path: String) throws(StoreError) {
    descriptor = unsafe open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(errno) }
  }

  deinit { close(descriptor) }

  func append(_ bytes: Span<UInt8>) throws(StoreError) {
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe write(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.failure(errno) }
      done += count
    }
  }

  func synchronize() throws(StoreError) {
    guard fsync(descriptor) == 0 else { throw Self.failure(errno) }
  }

  private static func failure(_ code: CInt) -> StoreError {
    code == ENOSPC || code == EDQUOT
      ? StoreError(.full, "no space is left for the copy")
      : StoreError(.io, "the copy cannot be written (system error \(code))")
  }
}
