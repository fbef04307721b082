import Scoring
import Testing
import VaultTesting

@testable import Vault

/// What a run refuses, and what it makes of chunks and merges.
struct ScoreIntegrityTests {
  private static let behavior = Int64(DataClass.behavior.rawValue)

  private static func vault(_ count: Int = 5) throws -> SampleVault {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(count) { ScoreScanTests.history($0 % 4 + 1) }
    return vault
  }

  private static func run(_ vault: SampleVault, threads: Int = 2) throws -> ScoredCustomers {
    try vault.session().scoreEverybody(try ScoreScanTests.plan(.loyalty), purpose: nil, threads: threads)
  }

  /// Changes a record's row as whoever owns the disk could.
  private static func edit(
    _ vault: SampleVault, _ ordinal: Int64, chunk: Int64 = 0, _ change: (inout Row) -> Void
  ) throws {
    try vault.store.write { writer in
      let key: [Value] = [.integer(behavior), .integer(ordinal), .integer(chunk)]
      guard var row = try writer.row(Schema.record, key: key) else { return }
      change(&row)
      try writer.delete(Schema.record, key: key)
      try writer.insert(Schema.record, row)
    }
  }

  private static func refuses(_ vault: SampleVault) -> Bool {
    do {
      _ = try run(vault)
      return false
    } catch let error as VaultError {
      return error.code == .integrity
    } catch let error as WardenError {
      return error.code == .integrity
    } catch let error as RecordError {
      return VaultError(error).code == .integrity
    } catch {
      return false
    }
  }

  @Test(arguments: [0, 1, 5, 30, 61, 62, 70, -1])
  func `a flipped byte of a record stops the run`(place: Int) throws {
    let vault = try Self.vault()
    try Self.edit(vault, 2) { row in
      guard case .blob(var sealed) = row.values[4] else { return }
      sealed[place < 0 ? sealed.count - 1 : place] ^= 1
      row.values[4] = .blob(sealed)
    }
    // A format that is not known could be a newer one: that is 78.
    #expect(Self.refuses(vault) || place < 2)
    #expect(throws: (any Error).self) { try Self.run(vault) }
  }

  @Test func `a record under another ordinal or version stops the run`() throws {
    let moved = try Self.vault()
    var sealed: Value?
    try Self.edit(moved, 2) { sealed = $0.values[4] }
    try Self.edit(moved, 4) { $0.values[4] = sealed ?? .null }
    #expect(Self.refuses(moved))
    let older = try Self.vault()
    try Self.edit(older, 2) { $0.values[3] = .integer(7) }
    #expect(Self.refuses(older))
  }

  @Test func `a record without a customer in the directory, or of an erased one, stops the run`() throws {
    let unknown = try Self.vault()
    try unknown.store.write { try $0.delete(Schema.directory, key: [.integer(2)]) }
    #expect(Self.refuses(unknown))
    let erased = try Self.vault()
    try erased.store.write { writer in
      guard var row = try writer.row(Schema.directory, key: [.integer(2)]) else { return }
      row.values[2] = .integer(DirectoryEntry.State.erased.rawValue)
      try writer.update(Schema.directory, row)
    }
    #expect(Self.refuses(erased))
  }

  @Test func `a lost or added chunk stops the run, and all of them are scored`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    let many = (0..<5000).map { SampleEvent(at: 1_000_000 + Int64($0), .payment(minor: 100, product: "P")) }
    try vault.add(2) { $0 == 0 ? many : [many[0]] }
    let scored = try Self.run(vault)
    #expect(scored.run.rows.map { $0.factors.frequency } == [5000, 1])
    try vault.store.write {
      try $0.delete(Schema.record, key: [.integer(Self.behavior), .integer(0), .integer(1)])
    }
    #expect(Self.refuses(vault))
  }

  @Test func `the events of a merged customer count for the one it was merged into`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(3) { [SampleEvent(day: 100, .payment(minor: 100 << $0, product: "P\($0)"))] }
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
    let scored = try Self.run(vault)
    #expect(scored.run.rows.map(\.ordinal) == [2])
    #expect(scored.run.rows.map { $0.factors.amount } == [7])
    #expect(scored.run.rows.map { $0.factors.variety } == [3])
    #expect(scored.excluded.isEmpty)
  }

  @Test func `a day ends in the vault's zone`() throws {
    let vault = try SampleVault(
      in: InMemoryStore(), settings: VaultSettings(name: "sample", currency: "CNY", zone: "Asia/Shanghai"))
    // 2020-09-13 17:00 and 15:00 UTC: the 14th and the 13th in Shanghai.
    try vault.add(1) { _ in
      [
        SampleEvent(at: 1_600_016_400, .payment(minor: 1000, product: "P")),
        SampleEvent(at: 1_600_009_200, .payment(minor: 100, product: "P")),
      ]
    }
    let day = try #require(LocalDay(year: 2020, month: 9, day: 13))
    let plan = ScorePlan(
      model: try LiteralModel(scores: .loyalty), window: Window(through: day), minorDigits: { _ in 2 })
    let scored = try vault.session().scoreEverybody(plan, purpose: nil)
    #expect(scored.run.rows.map { $0.factors.amount } == [1])
  }

  @Test func `one customer's scores are those of the run`() throws {
    let vault = try SampleVault(in: InMemoryStore())
    let ids = try vault.add(8) { ScoreScanTests.history($0 + 1) }
    let session = vault.session()
    let plan = try ScoreScanTests.plan(.all)
    let run = try session.scoreEverybody(try ScoreScanTests.plan(.loyalty), purpose: nil)
    for row in run.run.rows {
      let one = try session.scoreCustomer(ids[Int(row.ordinal)], plan, purpose: nil, explaining: true)
      guard case .computed(let explanation) = one.scores[0].result else {
        throw VaultError(.notFound, "no score")
      }
      #expect(explanation.value.bitPattern == row.scores.loyalty?.bitPattern)
      guard case .excluded(.missing(.productQuality)) = one.scores[1].result else {
        throw VaultError(.notFound, "satisfaction without ratings")
      }
    }
    let dumped = "\(try session.scoreCustomer(ids[0], plan, purpose: nil, explaining: false))"
    #expect(dumped == "(a CustomerScores, not shown)")
  }
}
