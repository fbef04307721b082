import AuditLog
import Testing
import VaultTesting

@testable import Vault

@Suite("An import")
struct ImportTests {
  @Test("adds a customer for each new account, and its events")
  func adds() throws {
    let sample = try ImportSample()
    let counts = try sample.run([
      SampleRow(account: "a", amount: 100, order: "1"), SampleRow(account: "b", amount: 250, order: "2"),
      SampleRow(account: "a", time: 1_600_100_000, amount: 50, product: "tea", order: "3"),
    ])
    #expect(counts.customersAdded == 2)
    #expect(counts.eventsAdded == 3)
    #expect(try sample.view("a")?.behavior?.amountMinor == 150)
    #expect(try sample.view("b")?.behavior?.events == 1)
    #expect(try sample.customer("c") == nil)
  }

  @Test("of the same file twice adds nothing the second time")
  func isIdempotent() throws {
    let sample = try ImportSample()
    let rows = (0..<500).map {
      SampleRow(account: "a\($0 % 70)", time: 1_600_000_000 + Int64($0 / 3), amount: 5)
    }
    try sample.run(rows)
    let records = try sample.store.read { reader in
      var rows: [Row] = []
      try reader.scan(Schema.record, prefix: [], range: nil, descending: false) {
        rows.append($0)
        return true
      }
      return rows
    }
    var again = ImportCounts()
    again.duplicates = 500
    #expect(try sample.run(rows) == again)
    #expect(try sample.run(rows, name: "the same rows under another name") == again)
    try sample.store.read { reader in
      var index = 0
      try reader.scan(Schema.record, prefix: [], range: nil, descending: false) {
        #expect($0 == records[index])
        index += 1
        return true
      }
      #expect(index == records.count)
    }
  }

  @Test("keeps two equal purchases of one file two, and one order id one")
  func countsTwins() throws {
    let sample = try ImportSample()
    let twins = [SampleRow(account: "a", amount: 7), SampleRow(account: "a", amount: 7)]
    #expect(try sample.run(twins).eventsAdded == 2)
    let orders = [
      SampleRow(account: "b", amount: 7, order: "9"), SampleRow(account: "b", amount: 8, order: "9"),
      SampleRow(account: "c", amount: 8, order: "9"),
    ]
    let counts = try sample.run(orders, name: "orders")
    #expect(counts.eventsAdded == 2)
    #expect(counts.duplicates == 1)
    #expect(try sample.view("b")?.behavior?.amountMinor == 7)
  }

  @Test("continues the chunks of customers that are there")
  func continues() throws {
    let sample = try ImportSample()
    try sample.run([SampleRow(account: "a", amount: 1, product: "tea", order: "1")])
    let counts = try sample.run(
      [
        SampleRow(account: "a", amount: 2, product: "tea", order: "2"),
        SampleRow(account: "a", amount: 1, order: "1"),
        SampleRow(account: "a", amount: -2, order: "3", refundOf: "2"),
      ], name: "more")
    #expect(counts == Self.counts(events: 2, duplicates: 1))
    let behavior = try sample.view("a")?.behavior
    #expect(behavior?.events == 3)
    #expect(behavior?.amountMinor == 1)
  }

  @Test("carries on over chunks of 4,096 events")
  func fillsChunks() throws {
    let sample = try ImportSample()
    let rows = (0..<9000).map {
      SampleRow(account: "a", time: 1_600_000_000 + Int64($0), amount: 1, order: "\($0)")
    }
    #expect(try sample.run(rows).eventsAdded == 9000)
    #expect(try sample.view("a")?.behavior?.events == 9000)
    #expect(try sample.run(rows).duplicates == 9000)
  }

  @Test("gives the same whether its rows are read in one group or in several")
  func groups() throws {
    let rows = (0..<900).map { SampleRow(account: "a\($0 % 211)", amount: Int64($0 % 5)) }
    let one = try ImportSample()
    let several = try ImportSample()
    let counts = try one.run(rows)
    let same = try several.run(rows, groups: 4)
    #expect(counts == same)
    let again = try several.run(rows)
    #expect(again.duplicates == 900)
    #expect(try several.count(Schema.importRun) == 0)
  }

  @Test("splits a group that does not fit into memory")
  func splits() throws {
    let rows = (0..<3000).map { SampleRow(account: "a\($0 % 700)", amount: Int64($0 % 5)) }
    let sample = try ImportSample()
    let counts = try sample.run(rows, limit: 32_768)
    #expect(counts == Self.counts(added: 700, events: 3000))
    #expect(throws: VaultError(.badInput, "")) {
      try sample.run((0..<3000).map { SampleRow(account: "a", time: Int64($0), amount: 9) }, limit: 32_768)
    }
  }

  @Test("updates only the fields that are given and different, and derives the birth year")
  func updates() throws {
    let sample = try ImportSample()
    let first = SampleRow(
      account: "a",
      fields: [(.name, "Li Lei"), (.phone, "+8613800138000"), (.city, "Wuhan"), (.birthDate, "1990-04-01")])
    #expect(try sample.run([first]).customersAdded == 1)
    var counts = try sample.run([first], name: "again")
    #expect(counts == Self.counts(duplicates: 1))
    counts = try sample.run(
      [SampleRow(account: "a", fields: [(.phone, "+8613900139000")])], name: "new phone")
    #expect(counts == Self.counts(updated: 1))
    let view = try #require(try sample.view("a"))
    #expect(try sample.names("a") == [.birthYear, .city])
    let old = try sample.find(.phone, "+8613800138000")
    let new = try sample.find(.phone, "+8613900139000")
    #expect(old.isEmpty)
    #expect(new == [view.pseudonym])
  }

  @Test("lets several customers have one phone number")
  func sharesPhones() throws {
    let sample = try ImportSample()
    try sample.run(["a", "b"].map { SampleRow(account: $0, fields: [(.phone, "+8613800138000")]) })
    #expect(try sample.find(.phone, "+8613800138000").count == 2)
  }

  @Test("records consents and sets the permission bits that follow")
  func consents() throws {
    let sample = try ImportSample()
    let rows = [
      SampleRow(account: "a", consent: ("marketing", .granted)),
      SampleRow(account: "b", consent: ("marketing", .granted)),
      SampleRow(account: "b", time: 1_700_000_000, consent: ("marketing", .withdrawn)),
      SampleRow(account: "c", consent: ("analytics", .objected)),
    ]
    #expect(try sample.run(rows) == Self.counts(added: 3, events: 4))
    #expect(try sample.run(rows) == Self.counts(duplicates: 4))
    let steward = sample.vault.session(as: .steward)
    let a = try #require(try sample.customer("a"))
    let b = try #require(try sample.customer("b"))
    #expect(try steward.showCustomer(a, purpose: "marketing", reveal: .nothing).consent?.changes.count == 1)
    #expect(throws: VaultError(.notPermitted, "")) {
      try steward.showCustomer(b, purpose: "marketing", reveal: .nothing)
    }
  }

  @Test("keeps accounts of different sources apart")
  func sources() throws {
    let sample = try ImportSample()
    try sample.run([SampleRow(account: "a", amount: 1)])
    let session = sample.vault.session()
    let rules = try session.importRules(source: "other")
    let file = rules.file(hash: [1], mapping: [], rows: 1, stagedBytes: 0, fields: [])
    let counts = try session.importRows(file, purpose: nil) {
      try ImportSample.feed([SampleRow(account: "a", amount: 1)], $0)
    }
    #expect(counts.customersAdded == 1)
  }

  @Test("that is a dry run says what would happen and writes no row but the log's")
  func dryRun() throws {
    let sample = try ImportSample()
    let rows = (0..<40).map { SampleRow(account: "a\($0 % 9)", amount: 5, order: "\($0 % 30)") }
    let before = try Schema.tables.filter(\.isCommitted).map { try sample.count($0) }
    let said = try sample.run(rows, isDryRun: true)
    #expect(try Schema.tables.filter(\.isCommitted).map { try sample.count($0) } == before)
    #expect(try sample.vault.warden.highestOrdinal() == nil)
    #expect(try sample.run(rows) == said)
    let known = try sample.run(rows, isDryRun: true)
    #expect(known == Self.counts(duplicates: 40))
  }

  @Test("is refused to a role that may not, with an entry and before anything is looked up")
  func isRefused() throws {
    let sample = try ImportSample()
    let before = try sample.count(Schema.entry)
    #expect(throws: VaultError(.notPermitted, "")) {
      try sample.run([SampleRow(account: "a", amount: 1)], as: sample.vault.session(as: .analyst))
    }
    #expect(try sample.count(Schema.entry) == before + 1)
    #expect(try sample.count(Schema.directory) == 0)
  }

  static func counts(added: Int = 0, updated: Int = 0, events: Int = 0, duplicates: Int = 0) -> ImportCounts {
    var counts = ImportCounts()
    counts.customersAdded = added
    counts.customersUpdated = updated
    counts.eventsAdded = events
    counts.duplicates = duplicates
    return counts
  }
}
