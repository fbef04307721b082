@testable import Anonymization
import Testing

@Suite struct LedgerTests {
  @Test func `two releases that are each fine leave one candidate together, and the check says so`() throws {
    // 25 customers in a square: one release by row, one by column, each class of 5.
    let byRow = (0..<25).map { UInt32($0 / 5) }
    let byColumn = (0..<25).map { UInt32($0 % 5) }
    var ledger = ReleaseLedger(customers: 25)
    try ledger.add(byRow)
    #expect(ledger.candidates().standing(k: 5).failing.isEmpty)
    let check = try CrossReleaseCheck(ledger, proposed: byColumn, k: 5)
    let standing = check.standing()
    #expect(standing.k == 1 && standing.alone == 25 && standing.failing.count == 25)
    // The attack that the check refuses: knowing both classes of a person is knowing the person.
    #expect(Set(zip(byRow, byColumn).map { [$0, $1] }).count == 25)
    #expect(check.remedies().contains(.reuse(release: 0)))
  }

  @Test func `customers of no release are nobody's candidates`() throws {
    var ledger = ReleaseLedger(customers: 6)
    try ledger.add([0, 0, 0, ReleaseLedger.absent, ReleaseLedger.absent, ReleaseLedger.absent])
    let sets = ledger.candidates()
    #expect(sets.candidates(of: 0) == 3)
    #expect(sets.candidates(of: 4) == nil)
    #expect(sets.standing(k: 3).customers == 3)
  }

  @Test func `candidates must also differ in the sensitive value`() throws {
    var ledger = ReleaseLedger(customers: 8)
    try ledger.add([0, 0, 0, 0, 1, 1, 1, 1])
    let standing = ledger.candidates().standing(k: 4, l: [2], sensitive: [[0, 1, 0, 1, 2, 2, 2, 2]])
    #expect(standing.l == [1])
    #expect(standing.failing == [4, 5, 6, 7])
  }

  @Test func `every remedy that is offered heals, and coarser classes are found`() throws {
    var generator = SeededGenerator(seed: 21)
    for _ in 0..<30 {
      var ledger = ReleaseLedger(customers: 120)
      try ledger.add((0..<120).map { _ in UInt32.random(in: 0..<6, using: &generator) })
      let proposed = (0..<120).map { _ in UInt32.random(in: 0..<8, using: &generator) }
      let check = try CrossReleaseCheck(ledger, proposed: proposed, k: 5)
      for remedy in check.remedies(parents: [[0, 0, 1, 1, 2, 2, 3, 3], [UInt32](repeating: 0, count: 8)]) {
        var healed = proposed
        switch remedy {
        case .suppress(let customers): for customer in customers { healed[customer] = ReleaseLedger.absent }
        case .coarsen(let classes, _): healed = classes
        case .reuse(let release): healed = ledger.releases[release]
        }
        #expect(try CrossReleaseCheck(ledger, proposed: healed, k: 5).standing().failing.isEmpty)
      }
    }
  }
}
