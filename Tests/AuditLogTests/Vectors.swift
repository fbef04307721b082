import Foundation
import Sodium

@testable import AuditLog

/// Public test vectors of other people's logs. They lie beside the package, not in it, and their tests are skipped
/// where they are not.
enum Vectors {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "../shared/vectors/tlog").standardizedFileURL

  static var arePresent: Bool { FileManager.default.fileExists(atPath: folder.path) }

  static let absence = "the public vectors are not beside the package (../shared/vectors/tlog)"

  static func load<T: Decodable>(_ name: String, as type: T.Type = T.self) throws -> T {
    try JSONDecoder().decode(type, from: try Data(contentsOf: folder.appending(path: name)))
  }

  static func digest(base64: String) -> Digest32? { Data(base64Encoded: base64).flatMap { Digest32($0) } }

  static func digest(hex: String) throws -> Digest32 {
    guard let digest = Digest32(try Hex.decode(hex)) else { throw LogError(.malformed, "not 32 bytes") }
    return digest
  }
}

/// A folder that is removed when its test ends.
final class ScratchFolder {
  let url: URL
  var path: String { url.path }

  init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "auditlog-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url.appending(path: name))) }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: url.appending(path: name))
  }

  var files: [String] {
    get throws {
      try FileManager.default.subpathsOfDirectory(atPath: path).filter { name in
        try url.appending(path: name).resourceValues(forKeys: [.isDirectoryKey]).isDirectory != true
      }
    }
  }
}
