import Foundation
import Testing

@Suite("Walls between targets")
struct ImportWallTests {
  @Test("Only Sodium imports libsodium")
  func onlySodiumImportsCSodium() throws {
    // The compiler lets every target import a C module that another target declared.
    let sources = URL(filePath: #filePath).appending(path: "../../../../Sources").standardized
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
    var importers: Set<String> = []
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      let imports = text.split(separator: "\n").contains { line in
        line.split(separator: " ").suffix(2) == ["import", "CSodium"]
      }
      guard imports else { continue }
      let path = file.standardized.path.dropFirst(sources.path.count)
      importers.insert(path.split(separator: "/").first.map(String.init) ?? "")
    }
    #expect(importers == ["Sodium"])
  }
}
