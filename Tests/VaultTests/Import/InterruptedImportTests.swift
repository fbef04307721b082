import Testing
import VaultTesting

@testable import Vault

@Suite("An interrupted import")
struct InterruptedImportTests {
  struct Stop: Error {}

  private let rows = (0..<3000).map { SampleRow(account: "a\($0 % 900)", amount: 3) }

  @Test("is named to the next session, and the same file finishes it without duplicates")
  func isFinished() throws {
    let sample = try ImportSample()
    #expect(throws: Stop.self) { try sample.run(rows) { _ in throw Stop() } }
    let added = try sample.count(Schema.directory)
    #expect((1..<900).contains(added))
    let session = sample.vault.session()
    var told: [UnfinishedImport] = []
    session.onUnfinishedImports = { told = $0 }
    let counts = try sample.run(rows, as: session)
    #expect(told.map(\.rows) == [3000])
    #expect(counts.customersAdded == 900 - added)
    #expect(counts.eventsAdded + counts.duplicates == 3000)
    #expect(try sample.count(Schema.directory) == 900)
    #expect(try sample.view("a1")?.behavior?.events == 4)
    #expect(try sample.count(Schema.importRun) == 0)
    let quiet = sample.vault.session()
    quiet.onUnfinishedImports = { _ in Issue.record("nothing is unfinished") }
    #expect(try sample.run(rows, as: quiet).duplicates == 3000)
  }

  @Test("beside another one of the same accounts continues the customers that the other added")
  func isShared() throws {
    let sample = try ImportSample()
    let others = (0..<1800).map { SampleRow(account: "a\($0 % 900)", amount: 4) }
    var isFirst = true
    let counts = try sample.run(rows) { _ in
      guard isFirst else { return }
      isFirst = false
      _ = try sample.run(others, name: "others")
    }
    #expect(counts.eventsAdded == 3000)
    #expect(try sample.count(Schema.directory) == 900)
    #expect(try sample.view("a1")?.behavior?.events == 6)
    #expect(try sample.view("a899")?.behavior?.events == 5)
    #expect(try sample.count(Schema.importRun) == 0)
  }

  @Test("that a changed file stops has written nothing of the group")
  func stopsAtChangedFile() throws {
    let sample = try ImportSample()
    let session = sample.vault.session()
    let file = try session.importRules(source: "shop").file(
      hash: [], mapping: [], rows: 1, stagedBytes: 0, fields: [])
    #expect(throws: Stop.self) {
      try session.importRows(file, purpose: nil) { staging in
        try ImportSample.feed([SampleRow(account: "a", amount: 1)], staging)
        throw Stop()
      }
    }
    #expect(try sample.count(Schema.directory) == 0)
  }
}
