import AuditLog
import Vault
import VaultSQLite
import VaultTesting

/// How long it takes to say what a breach reaches, of so many customers and of half as many.
struct BreachBench {
  /// Measures, and prints.
  func run(customers: Int, runs: Int, looks: Int) throws {
    for (count, share) in [(customers / 2, 2), (customers, 1)] {
      let usage = try measure(customers: count, runs: runs / share, looks: looks / share)
      print(
        "breach: \(count) customers, \(runs / share) runs over most of them, \(looks / share) looks: "
          + "\(Text.number(usage.wall)) s (wanted for a million: under 60)")
    }
  }

  private func measure(customers: Int, runs: Int, looks: Int) throws -> Usage {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.create(folder: folder.file("vault"))
    let vault = try SampleVault(in: store, wardenPath: folder.file("vault.outer"))
    let pseudonyms = try vault.add(customers) { _ in [] }
    let universe = UInt64(customers)
    for number in 0..<runs {
      let out = (0..<universe / 10).map { ($0 * 10 + UInt64(number)) % universe }
      try vault.run(of: universe, without: out, in: vault.session(as: .analyst))
    }
    for number in 0..<looks / 1000 {
      let start = number * 1000 % max(1, customers - 1000)
      try vault.look(
        1000, at: Array(pseudonyms[start..<min(start + 1000, customers)]), in: vault.session(as: .agent))
    }
    let usage = try Usage.of {
      let session = vault.session(as: .auditor)
      let report = try session.breachReport(.user("owner"), since: LogTime(nanoseconds: 1), until: nil)
      var named = 0
      try session.visitCustomers(of: report) { _, _ in named += 1 }
      guard UInt64(named) == report.customers, named > 0 else { throw BenchFailure() }
    }
    try store.close()
    return usage
  }

  private struct BenchFailure: Error {}
}
