import Scoring
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault

@Suite("What a bulk run weighs in the log")
struct BulkLogWeightTests {
  @Test("a run is two commits, whatever it scores")
  func commits() throws {
    let store = InMemoryStore()
    let vault = try SampleVault(in: store)
    try vault.add(50) { _ in [SampleEvent(at: 1_600_000_000, .payment(minor: 100, product: "P"))] }
    let before = try store.read { try $0.count(Schema.checkpoint) }
    let plan = ScorePlan(
      model: try LiteralModel(scores: .loyalty), window: Window(through: LocalDay(daysSinceEpoch: 20_000)),
      minorDigits: { _ in 2 })
    _ = try vault.session().scoreEverybody(plan, purpose: nil)
    #expect(try store.read { try $0.count(Schema.checkpoint) } == before + 2)
  }

  @Test("everybody among a million costs under a kilobyte beside the entry, and the whole run little more")
  func everybody() throws {
    let store = InMemoryStore()
    let vault = try SampleVault(in: store)
    let session = vault.session(as: .analyst)
    try vault.run(of: 1_000_000, without: [], in: session)
    var sets: [Int] = []
    try store.read { reader in
      try reader.scan(Schema.subjectSet, prefix: [], range: nil, descending: false) { row in
        if case .blob(let sealed) = row.values[2] { sets.append(sealed.count + 32 + 8) }
        return true
      }
    }
    #expect(sets.count == 2 && sets.allSatisfy { $0 < 200 })
    var entries = 0
    try vault.session().readLog(LogQuery()) { entry in
      guard entry.what.action == Action.scoreRun.rawValue else { return }
      entries += entry.envelopeBytes.count + entry.whatBytes.count + entry.whoBytes.count
      #expect(entry.what.set?.count == 1_000_000)
    }
    #expect(entries / 2 + sets[0] < 2000)
  }
}
