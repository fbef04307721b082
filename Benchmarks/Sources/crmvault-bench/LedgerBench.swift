internal import Anonymization

/// What holding a release against ten earlier ones costs: tuples of classes, groups, and who has too few candidates.
struct LedgerBench {
  let customers: Int
  let releases: Int

  func run() throws {
    var state: UInt64 = 42
    func next(below limit: UInt32) -> UInt32 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt32((state >> 33) % UInt64(limit))
    }
    var ledger = ReleaseLedger(customers: customers)
    // Classes that follow each other, as those of recodings of the same people do, with some who moved.
    let classes = UInt32(max(1, customers / 12))
    let home = (0..<customers).map { _ in next(below: classes) }
    func release() -> [UInt32] { home.map { next(below: 1000) == 0 ? next(below: classes) : $0 } }
    for _ in 0..<releases { try ledger.add(release()) }
    let proposed = release()
    let sensitive = (0..<customers).map { _ in next(below: 10) }
    let check = try CrossReleaseCheck(ledger, proposed: proposed, k: 5, l: [3], sensitive: [sensitive])
    var standing: CandidateSets.Standing?
    let usage = Usage.of { standing = check.standing() }
    print(
      "cross-release check: \(customers) customers over \(releases + 1) releases in \(Text.number(usage.cpu)) CPU s "
        + "(at most 10), \(standing?.failing.count ?? 0) with too few candidates, \(standing?.alone ?? 0) alone"
    )
  }
}
