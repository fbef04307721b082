import Glibc

/// A private folder for a store that is made of a backup; it goes away with this object.
final class ScratchFolder {
  /// Where it is.
  let path: String

  /// Makes one below `TMPDIR`, else `/tmp`.
  init(in environment: Environment) throws(CommandFailure) {
    let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(parent)/crmvault-XXXXXX".utf8CString)
    let made = unsafe template.withUnsafeMutableBufferPointer { buffer -> String? in
      guard let base = buffer.baseAddress, let name = unsafe mkdtemp(base) else { return nil }
      return unsafe String(cString: name)
    }
    guard let made else { throw .system(errno, doing: "make a folder in \(parent)") }
    path = made
  }

  deinit { TextFile.removeNewVault(folder: path, warden: nil) }
}
