import Foundation
import Scoring
import Testing

@Suite struct SourceTests {
  @Test func `no source of the module imports anything`() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Scoring").standardizedFileURL
    let files = try #require(FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil))
      .compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
    #expect(files.count > 20)
    for file in files {
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(!text.contains(/(?m)^\s*(@\w+\s+)*((public|package|internal|private)\s+)?import\s/))
    }
  }

  @Test func `a customer's numbers are not printed, dumped or mirrored`() throws {
    let explanation = try LiteralModel().explanation(of: .loyalty, from: Article.first)
    var scorer = try BlockScorer(block: 0, model: LiteralModel(), minorDigits: 2)
    try scorer.add(0, Article.first)
    let block = scorer.finish()
    let values: [Any] = [
      Article.first, try LiteralModel().scores(from: Article.first), explanation, explanation.terms[0],
      try LiteralModel().terms(of: .loyalty, from: Article.first), block[0], block, [Article.first],
    ]
    for value in values {
      var text = "\(value) \(String(reflecting: value))"
      dump(value, to: &text)
      #expect(!text.contains("1000") && !text.contains("338") && !text.contains("10.0"))
      #expect(text.contains("undisclosed"))
    }
  }
}
