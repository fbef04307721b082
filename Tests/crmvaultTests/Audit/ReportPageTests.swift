import AuditLog
import Page
import Sodium
import Testing
import Vault
import VaultTesting

@testable import crmvault

/// The report's page: what of others gets into it, and how large it may be.
@Suite("A report's page")
struct ReportPageTests {
  private static let hostile = #"<img src=x onerror=alert(1)>"'&</script><!--]]>"#

  @Test("escapes whatever could be markup, in text, attributes and data")
  func escapes() {
    let text = HTMLText.escaped(Self.hostile)
    #expect(!text.contains("<") && !text.contains(">") && !text.contains("\"") && !text.contains("'"))
    let data = HTMLText.json(Self.hostile)
    #expect(!data.contains("<") && !data.contains(">") && data.hasPrefix("\"") && data.hasSuffix("\""))
    #expect(
      HTMLText.json("a\\b\nc\u{2028}")
        == #""a\\b<U+000A>c<U+2028>""#.replacing("<", with: "\\u003c").replacing(">", with: "\\u003e"))
  }

  @Test("shows what would hide or turn a text around by its code point")
  func hidden() {
    #expect(HTMLText.escaped("a\u{202E}b") == "a&lt;U+202E&gt;b")
    #expect(HTMLText.escaped("\u{0}\u{1B}[2J") == "&lt;U+0000&gt;&lt;U+001B&gt;[2J")
  }

  @Test("says of few customers that they are few")
  func few() {
    #expect([0, 1, 4, 5, 1234].map { HTMLText.customers($0) } == ["0", "under 5", "under 5", "5", "1,234"])
    #expect(HTMLText.number(-1234) == "-1,234" && HTMLText.number(1_000_000) == "1,000,000")
  }

  @Test("of many entries is whole, and its policy names its own script and style")
  func large() async throws {
    let store = InMemoryStore()
    let vault = try SampleVault(in: store)
    let customers = (0..<500).map { _ in Pseudonym.random() }
    let session = vault.session()
    let count = 20_000
    for _ in 0..<count / 1000 { try vault.look(1000, at: customers, in: session) }
    var table = ReportTable()
    let report = try await vault.session(as: .auditor).logReport(
      since: nil, until: nil, LogAnchor(), workers: 2
    ) { table.add($0) }
    #expect(
      report.population > UInt64(count) && table.count == Int(report.population) && report.verification.isOK)
    let page = ReportPage(report, table, version: "test").html
    #expect(page.contains("script-src \(HTMLText.policyHash(ReportScript.text))"))
    #expect(
      page.contains("<script>\(ReportScript.text)</script>")
        && page.contains("<style>\(ReportStyle.text)</style>"))
    #expect(page.utf8.count < 200 * count)
    let last = try #require(table.texts(of: report.end.size - 2))
    #expect(last[1] == "owner" && last[3] == "customer.show")
    #expect(table.texts(of: report.end.size) == nil)
  }
}
