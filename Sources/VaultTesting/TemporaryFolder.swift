internal import Glibc

/// A folder of its own for one test, removed with everything in it.
public final class TemporaryFolder: Sendable {
  /// The folder's path.
  public let path: String

  /// Makes the folder, below `TMPDIR` or `/tmp`, or below another one.
  public init(in parent: String? = nil) throws {
    var place = "/tmp"
    if let set = unsafe getenv("TMPDIR") { place = unsafe String(cString: set) }
    var template = Array("\(parent ?? place)/crmvault-test-XXXXXX".utf8CString)
    guard
      let made = unsafe template.withUnsafeMutableBufferPointer({ buffer -> String? in
        guard let base = buffer.baseAddress, let name = unsafe mkdtemp(base) else { return nil }
        return unsafe String(cString: name)
      })
    else { throw TemporaryFolderError(number: errno) }
    path = made
  }

  deinit { Self.remove(path) }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  private static func remove(_ path: String) {
    guard let folder = unsafe opendir(path) else {
      _ = unsafe unlink(path)
      return
    }
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      guard name != ".", name != ".." else { continue }
      let isFolder = unsafe entry.pointee.d_type == UInt8(DT_DIR)
      if isFolder { remove("\(path)/\(name)") } else { _ = unsafe unlink("\(path)/\(name)") }
    }
    _ = unsafe closedir(folder)
    _ = unsafe rmdir(path)
  }
}

/// A temporary folder could not be made.
public struct TemporaryFolderError: Error {
  /// The system's error number.
  public let number: Int32
}
