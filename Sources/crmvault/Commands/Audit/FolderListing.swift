import Glibc
import Sodium

/// What lies in a folder, and how a file begins.
enum FolderListing {
  /// The names in a folder, sorted by their bytes; nil where the path is no folder.
  static func names(_ path: String) -> [String]? {
    guard let folder = unsafe opendir(path) else { return nil }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The first bytes of a file.
  static func beginning(of path: String, count: Int) throws(CommandFailure) -> [UInt8] {
    let file = try Descriptor.open(path, O_RDONLY, doing: "read \(path)")
    var bytes = WipedBytes(capacity: count)
    while bytes.count < count {
      let got = try ByteTransfer.read(
        from: file.number, atMost: count - bytes.count, into: &bytes, doing: "read \(path)")
      if got == 0 { break }
    }
    return bytes.withBytes { span in span.indices.map { span[$0] } }
  }
}
