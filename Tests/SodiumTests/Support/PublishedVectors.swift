import Foundation

/// Vectors that others published, beside this package and no part of it. Suites that read them are skipped,
/// with the reason shown, where the folder is absent.
enum PublishedVectors {
  static let whenAbsent = "../shared/vectors/crypto is not here: published vectors are not compared"

  static func exist(_ path: String) -> Bool { FileManager.default.fileExists(atPath: url(path).path) }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: url(path), encoding: .utf8)
  }

  static func json<T: Decodable>(_ path: String, as type: T.Type) throws -> T {
    try JSONDecoder().decode(type, from: Data(contentsOf: url(path)))
  }

  private static func url(_ path: String) -> URL {
    URL(filePath: #filePath).appending(path: "../../../../../shared/vectors/crypto").standardized
      .appending(path: path)
  }
}
