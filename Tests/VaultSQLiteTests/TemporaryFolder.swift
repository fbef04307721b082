import Foundation

/// A folder that is there while a closure runs.
enum TemporaryFolder {
  /// Runs `body` with the path of a new, empty folder.
  static func use<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = try make()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try body(folder)
  }

  /// As above, for bodies that wait.
  static func use<Result>(_ body: (String) async throws -> Result) async throws -> Result {
    let folder = try make()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
  }

  private static func make() throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "crmvault-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    return folder.path
  }
}
