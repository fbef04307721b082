import CFloor
import Scoring
import Vault
import VaultSQLite
import VaultTesting

/// `score run` against the floor: the same rows, the same threads, warm files.
struct ScoreBench {
  private var customers = 1_000_000
  private var rounds = 3
  private var threads = 2

  /// `[customers [rounds [threads]]]`
  init(_ arguments: ArraySlice<String>) {
    let numbers = arguments.compactMap { Int($0) }
    if numbers.count > 0 { customers = numbers[0] }
    if numbers.count > 1 { rounds = numbers[1] }
    if numbers.count > 2 { threads = numbers[2] }
  }

  /// Makes the vaults, measures, and prints.
  func run() throws {
    let small = try measure(customers / 10)
    let large = try measure(customers)
    print(
      "linear: \(format(large.score / Double(customers) / (small.score / Double(customers / 10)))) "
        + "times the CPU a customer at 10 times the customers (wanted: 0.90 to 1.10)")
  }

  private func measure(_ count: Int) throws -> (floor: Double, score: Double) {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.create(folder: folder.file("vault"))
    let vault = try SampleVault(in: store, wardenPath: folder.file("vault.outer"))
    let making = try Usage.of { try vault.add(count) { Self.history($0) } }
    print("\(count) customers: made in \(format(making.wall)) s")
    let copy = folder.file("floor.sqlite")
    let failed = unsafe floor_prepare(folder.file("vault/vault.sqlite"), copy)
    guard failed == 0 else { throw BenchError(line: failed) }

    let session = vault.session()
    let plan = ScorePlan(
      model: try LiteralModel(scores: .loyalty), window: Window(through: LocalDay(daysSinceEpoch: 20_000)),
      minorDigits: { _ in 2 })
    var events = plan
    events.usesStatistics = false
    var best: [String: Usage] = [:]
    func note(_ name: String, _ usage: Usage) {
      best[name] =
        best[name].map { Usage(cpu: min($0.cpu, usage.cpu), wall: min($0.wall, usage.wall)) } ?? usage
    }
    var peaks: [String: Double] = [:]
    func scoring(_ name: String, _ threads: Int, _ body: () throws -> Int) throws {
      PeakMemory.reset()
      note(
        "\(name) \(threads)",
        try Usage.of {
          let scored = try body()
          guard scored == count else { throw BenchError(line: Int32(scored)) }
        })
      peaks[name] = max(peaks[name] ?? 0, PeakMemory.megabytes())
    }
    for _ in 0..<rounds {
      for threads in Set([1, threads]).sorted() {
        note("floor \(threads)", try Usage.of { try floor(copy, count, threads) })
        try scoring("events", threads) {
          try session.scoreEverybody(events, purpose: nil, threads: threads).count
        }
        try scoring("literal", threads) {
          try session.scoreEverybody(plan, purpose: nil, threads: threads).count
        }
        try scoring("composite", threads) {
          try session.scoreComposite(plan, .recencyFrequencyAmount, purpose: nil, threads: threads).count
        }
      }
    }
    func nanoseconds(_ name: String) -> Double { (best[name]?.cpu ?? 0) * 1e9 / Double(count) }
    let wanted = [("events", 0.65, 200), ("literal", 1.0, 400), ("composite", 0.6, 400)]
    for threads in Set([1, threads]).sorted() {
      print("  \(threads) threads: floor \(format(nanoseconds("floor \(threads)"))) ns a customer")
      for (name, share, _) in wanted {
        let ours = nanoseconds("\(name) \(threads)")
        print(
          "    \(Self.title(name)): \(format(ours)) ns, \(format(nanoseconds("floor \(threads)") / ours)) of the floor's "
            + "speed (wanted: \(format(share)))")
      }
    }
    for (name, _, megabytes) in wanted {
      if threads > 1, let one = best["\(name) 1"], let many = best["\(name) \(threads)"] {
        print(
          "  \(Self.title(name)): \(threads) threads are \(format(one.wall / many.wall)) times as fast as 1 "
            + "(wanted of events: 1.80 on 2); peak memory \(format(peaks[name] ?? 0)) MB (wanted: at most \(megabytes))"
        )
      }
    }
    try logging(vault, session, plan, count)
    try store.close()
    return (best["floor \(threads)"]?.cpu ?? 0, best["events \(threads)"]?.cpu ?? 0)
  }

  private static func title(_ name: String) -> String {
    switch name {
    case "events": "literal from the events"
    case "literal": "literal from statistics"
    default: "composite by percentiles from statistics"
    }
  }

  /// What a run leaves in the log, and what that costs.
  private func logging(_ vault: SampleVault, _ session: Session, _ plan: ScorePlan, _ count: Int) throws {
    let before = try vault.logWeight()
    _ = try session.scoreEverybody(plan, purpose: nil, threads: threads)
    let after = try vault.logWeight()
    let logging = try Usage.of { try vault.run(of: UInt64(count), without: [], in: session) }
    print(
      "  log: \(after.commits - before.commits) commits a run (wanted: at most 2), \(after.setBytes - before.setBytes) bytes of "
        + "sets (wanted: under 1000 each), \(format(logging.wall)) s of logging (wanted: under 1)")
  }

  private func floor(_ copy: String, _ count: Int, _ threads: Int) throws {
    var result = floor_result()
    let failed = unsafe floor_run(copy, UInt64(count), Int32(threads), &result)
    guard failed == 0, result.records == count else { throw BenchError(line: failed) }
  }

  /// One to five payments, three on average, of eight products.
  private static func history(_ number: Int) -> [SampleEvent] {
    (0..<1 + number % 5).map { place in
      SampleEvent(
        at: Int64(1_600_000_000 + number % 10_000 * 977 + place * 86_461),
        .payment(
          minor: Int64(1 + (number &* 7919 + place * 131) % 200_000), product: "P-00\((number + place) % 8)"))
    }
  }

  private func format(_ number: Double) -> String { Text.number(number) }
}

/// A step of the floor failed.
struct BenchError: Error {
  let line: Int32
}
