import AuditLog
import Scoring
import Testing
import VaultTesting

@testable import Vault

/// What a run of a model over many customers may open, and what it makes of it.
struct GatherTests {
  private static func gather(
    _ session: Session, window: Window? = nil, _ gathering: GatherPlan = GatherPlan(), purpose: String? = nil
  ) throws -> GatheredCustomers {
    try session.gatherEverybody(try ScoreScanTests.plan(window: window), gathering, purpose: purpose)
  }

  @Test func `the factors are those of a run that scores one by one`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    let ids = try vault.add(600) { ScoreScanTests.history($0 % 4 + 1) }
    let session = vault.session()
    let gathered = try Self.gather(session)
    let scored = try session.scoreEverybody(try ScoreScanTests.plan(.loyalty), purpose: nil)
    #expect(gathered.customers.map(\.ordinal) == scored.run.rows.map(\.ordinal))
    for (customer, row) in zip(gathered.customers, scored.run.rows) {
      #expect(customer.factors.frequency == row.factors.frequency)
      #expect(customer.factors.amount == row.factors.amount)
      #expect(customer.factors.variety == row.factors.variety)
      let occasions = try #require(customer.occasions)
      #expect(Double(occasions.netMinor) / 100 == row.factors.amount)
    }
    var seen: [Pseudonym] = []
    try session.visitCustomers(gathered) { id, place in
      #expect(place == seen.count)
      seen.append(id)
    }
    #expect(seen == ids)
  }

  @Test func `what comes after the window is the holdout and no part of it`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(2) { number in
      [100, 110, number == 0 ? 120 : 300].map { SampleEvent(day: $0, .payment(minor: 100, product: "P")) }
    }
    let cut = LocalDay(daysSinceEpoch: 115)
    let gathered = try Self.gather(
      vault.session(), window: Window(through: cut),
      GatherPlan(holdoutThrough: LocalDay(daysSinceEpoch: 200)))
    #expect(gathered.customers.map { $0.occasions?.count } == [2, 2])
    #expect(gathered.customers.map { $0.later?.count } == [1, nil])
    let without = try Self.gather(vault.session(), window: Window(through: cut))
    #expect(without.customers.allSatisfy { $0.later == nil })
  }

  @Test func `a local day begins in the vault's zone, daylight-saving time or not`() throws {
    let days = try LocalDays(zone: "Europe/Berlin")
    // The clocks went forward on 2025-03-30 at 01:00 UTC and back on 2025-10-26: days of 23 and 25 hours.
    for (before, hours) in [(1_743_289_199 as Int64, 23 as Int64), (1_761_429_599, 25)] {
      let first = days.day(before, isDateOnly: false)
      #expect(days.day(before + 1, isDateOnly: false) == first + 1)
      #expect(days.day(before + hours * 3600, isDateOnly: false) == first + 1)
      #expect(days.day(before + hours * 3600 + 1, isDateOnly: false) == first + 2)
    }
  }

  @Test func `who objected is left out and counted`() throws {
    let sample = try ImportSample()
    try sample.run([
      SampleRow(account: "a", amount: 500, product: "P"), SampleRow(account: "b", amount: 700, product: "P"),
      SampleRow(account: "b", consent: ("analytics", .objected)),
      SampleRow(account: "c", amount: 900, product: "P"),
    ])
    let gathered = try Self.gather(sample.vault.session())
    #expect(gathered.customers.count == 2)
    #expect(gathered.excluded.map(\.reason) == ["objected"] && gathered.excluded.map(\.customers) == [1])
  }

  @Test func `a purpose that asks consent gathers only who gave it`() throws {
    let sample = try ImportSample()
    try sample.run([
      SampleRow(account: "a", amount: 500, product: "P"), SampleRow(account: "b", amount: 700, product: "P"),
      SampleRow(account: "b", consent: ("marketing", .granted)),
    ])
    let gathered = try Self.gather(sample.vault.session(), purpose: "marketing")
    #expect(gathered.customers.count == 1 && gathered.excluded.map(\.reason) == ["not-consented"])
  }

  @Test(arguments: Role.allCases)
  func `only the analyst gathers, and who may not leaves an entry`(role: Role) throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(1) { ScoreScanTests.history($0 + 1) }
    func entries() throws -> Int { try vault.store.read { try $0.count(Schema.entry) } }
    let before = try entries()
    let session = vault.session(as: role)
    if role == .analyst {
      let gathered = try Self.gather(session)
      #expect(gathered.customers.count == 1)
      #expect(gathered.entries.intent == UInt64(before) && gathered.entries.result == UInt64(before + 1))
      return
    }
    #expect(throws: VaultError(.notPermitted, "")) { try Self.gather(session) }
    #expect(try entries() == before + 1)
  }

  @Test func `the events of a merged customer count for the one it was merged into`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(3) { [SampleEvent(day: 100 + Int64($0), .payment(minor: 100 << $0, product: "P\($0)"))] }
    try vault.store.write { writer in
      for (source, target) in [(0 as Int64, 1 as Int64), (1, 2)] {
        guard var row = try writer.row(Schema.directory, key: [.integer(source)]) else { return }
        row.values[2] = .integer(DirectoryEntry.State.merged.rawValue)
        row.values[3] = .integer(target)
        try writer.update(Schema.directory, row)
        let link = MergeLink(
          from: UInt64(source), into: UInt64(target), seq: 1, vault.warden.pseudonyms())
        try writer.insert(Schema.mergeLink, link.row)
      }
    }
    let gathered = try Self.gather(vault.session())
    #expect(gathered.customers.map(\.ordinal) == [2])
    #expect(gathered.customers.first?.occasions?.count == 3)
    #expect(gathered.customers.first?.occasions?.netMinor == 700)
  }

  @Test func `a flipped byte, or a record of a customer who is erased or unknown, stops the run`() throws {
    let behavior = Int64(DataClass.behavior.rawValue)
    for attack in 0..<3 {
      let vault = try SampleVault(in: InMemoryStore())
      try vault.add(5) { ScoreScanTests.history($0 % 4 + 1) }
      try vault.store.write { writer in
        switch attack {
        case 0:
          let key: [Value] = [.integer(behavior), .integer(2), .integer(0)]
          guard var row = try writer.row(Schema.record, key: key),
            case .blob(var sealed) = row.values[4]
          else { return }
          sealed[sealed.count - 1] ^= 1
          row.values[4] = .blob(sealed)
          try writer.update(Schema.record, row)
        case 1: try writer.delete(Schema.directory, key: [.integer(2)])
        default:
          guard var row = try writer.row(Schema.directory, key: [.integer(2)]) else { return }
          row.values[2] = .integer(DirectoryEntry.State.erased.rawValue)
          try writer.update(Schema.directory, row)
        }
      }
      #expect(throws: (any Error).self) { try Self.gather(vault.session()) }
    }
  }
}
