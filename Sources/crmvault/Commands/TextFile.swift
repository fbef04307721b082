import Foundation
import Glibc

/// Files that are no secret: policies, verifier keys.
enum TextFile {
  /// A whole text file.
  static func read(_ path: String, limit: Int) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure("not_found", "cannot read \(path)", exit: .missing)
    }
    guard data.count <= limit, let text = String(bytes: data, encoding: .utf8) else {
      throw CommandFailure.badInput("bad_text", "\(path) is too large or not UTF-8")
    }
    return text
  }

  /// Writes a small public file; it must not be there.
  static func write(_ text: String, to path: String) throws {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw CommandFailure.system(errno, doing: "write \(path)") }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    guard unsafe Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fchmod(descriptor, 0o644) == 0,
      fsync(descriptor) == 0
    else {
      let failure = CommandFailure.system(errno, doing: "write \(path)")
      unsafe unlink(path)
      throw failure
    }
  }

  /// Whether anything is at a path.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  /// Puts a file in another's place, in one step.
  static func rename(_ path: String, to other: String) throws(CommandFailure) {
    guard unsafe Glibc.rename(path, other) == 0 else { throw .system(errno, doing: "write \(other)") }
  }

  /// Takes away a file that this process made, if it is there.
  static func remove(_ path: String) { unsafe unlink(path) }

  /// Takes away what a failed `init` has made; `warden` is nil where it did not come so far.
  static func removeNewVault(folder: String, warden: String?) {
    for file in ["vault.sqlite", "vault.sqlite-journal", "ballast"] { unsafe unlink("\(folder)/\(file)") }
    unsafe rmdir(folder)
    if let warden { unsafe unlink(warden) }
  }
}
