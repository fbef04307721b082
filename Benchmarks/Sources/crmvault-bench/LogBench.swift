import CFloor
import Vault
import VaultSQLite
import VaultTesting

/// The log against the floor: durable entries per second in groups of 1, 64 and 1,024 entries a commit, one caller,
/// beside bare SQLite transactions of the same bytes under the same settings, taken by turns in one run.
struct LogBench {
  private static let wanted = [1: 0.8, 64: 0.5, 1024: 0.5]
  private static let commits = [1: 400, 64: 120, 1024: 24]

  /// Measures, and prints.
  func run() throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.create(folder: folder.file("vault"))
    let vault = try SampleVault(in: store, wardenPath: folder.file("vault.outer"))
    let customers = (0..<1000).map { _ in Pseudonym.random() }
    let session = vault.session()
    try vault.look(1, at: customers, in: session)
    var sizes = log_floor_sizes()
    guard unsafe log_floor_measure(folder.file("vault/vault.sqlite"), &sizes) == 0,
      let floor = unsafe log_floor_open(folder.file("floor.sqlite"))
    else { throw BenchError(line: #line) }
    defer { unsafe log_floor_close(floor) }
    print(
      "log: one caller; an entry is \(sizes.envelope) + \(sizes.what) + \(sizes.who) bytes, a checkpoint "
        + "\(sizes.note + sizes.frontier)")
    for group in [1, 64, 1024] {
      let rounds = Self.commits[group] ?? 1
      var bare: [Double] = []
      var ours: [Double] = []
      // By turns, so that a slow moment of the disk meets both.
      for _ in 0..<rounds {
        bare.append(
          try Usage.of {
            let failed = unsafe log_floor_commit(floor, Int32(group), sizes)
            guard failed == 0 else { throw BenchError(line: failed) }
          }.wall)
        ours.append(try Usage.of { try vault.look(group, at: customers, in: session) }.wall)
      }
      report(group, bare.sorted(), ours.sorted())
    }
    try store.close()
  }

  private func report(_ group: Int, _ bare: [Double], _ ours: [Double]) {
    func rate(_ times: [Double]) -> Double { Double(group * times.count) / times.reduce(0, +) }
    func milliseconds(_ times: [Double], _ share: Double) -> String {
      Text.number(times[min(times.count - 1, Int(Double(times.count) * share))] * 1000)
    }
    let ratio = rate(ours) / rate(bare)
    let wanted = Self.wanted[group] ?? 0
    print(
      "  groups of \(group): \(Text.number(rate(ours))) entries a second, bare SQLite \(Text.number(rate(bare))): "
        + "\(Text.number(ratio)) of it (wanted: \(Text.number(wanted)))"
        + "; a commit takes \(milliseconds(ours, 0.5)) ms in the median, \(milliseconds(ours, 0.99)) ms at the 99th "
        + "percentile; bare \(milliseconds(bare, 0.5)) and \(milliseconds(bare, 0.99)) ms")
  }
}

/// Who accessed one customer, over five years of daily bulk runs and a million looks.
struct SubjectBench {
  /// Measures, and prints. `looks` in sessions of 1,000, `runs` bulk runs over `universe` customers.
  func run(looks: Int, runs: Int, universe: UInt64) throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.create(folder: folder.file("vault"))
    let vault = try SampleVault(in: store, wardenPath: folder.file("vault.outer"))
    let customer = try vault.add(1) { _ in [] }[0]
    let others = (0..<20_000).map { _ in Pseudonym.random() }
    let making = try Usage.of {
      for number in 0..<runs {
        // One in ten is left out, another one each day.
        let out = (0..<universe / 10).map { ($0 * 10 + UInt64(number)) % universe }
        try vault.run(of: universe, without: out, in: vault.session(as: .analyst))
      }
      for number in 0..<looks / 1000 {
        let session = vault.session(as: .agent)
        try vault.look(1000, at: [customer] + others.shuffled().prefix(998 + number % 2), in: session)
      }
    }
    print(
      "subject: \(looks) looks, \(runs) runs over \(universe) customers, made in \(Text.number(making.wall)) s"
    )
    func ask() throws -> (Usage, Int) {
      var found = 0
      let session = vault.session(as: .auditor, memory: folder.file("state"))
      let usage = try Usage.of { try session.logEntries(of: customer) { _, _ in found += 1 } }
      return (usage, found)
    }
    let (first, _) = try ask()
    var best = Double.infinity
    var found = 0
    for _ in 0..<3 {
      let (usage, hits) = try ask()
      best = min(best, usage.wall)
      found = hits
    }
    print(
      "  \(found) accesses found in \(Text.number(best)) s from the index (wanted: under 2); making the index took "
        + "\(Text.number(first.wall)) s")
    try store.close()
  }
}
