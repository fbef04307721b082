import AuditLog
import Glibc
import Vault
import VaultSQLite
import VaultTesting

/// How fast a log is verified: one published folder, and one vault for each size of commit; warm files, one caller.
struct VerificationBench {
  private let entries: Int
  private let workers: Int

  /// A log of so many entries, verified by so many workers.
  init(entries: Int = 200_000, workers: Int = 2) {
    self.entries = entries
    self.workers = workers
  }

  /// Makes the logs, measures, and prints.
  func run() async throws {
    print("verification of a log, \(workers) workers, entries a second on the wall:")
    for group in [1, 64, 1024] {
      // A signature takes most of a commit of one entry: a shorter log says the same.
      try await measure(group == 1 ? min(entries, 2000) : entries, group: group)
    }
  }

  private func measure(_ count: Int, group: Int) async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.create(folder: folder.file("vault"))
    let sample = try SampleVault(in: store, wardenPath: folder.file("vault.outer"))
    let session = sample.session()
    try sample.addEntries(count, group: group, in: session)
    let path = folder.file("published")
    let publishing = try Usage.of { _ = try session.publishLog(to: path) }
    let key = try session.logVerifierKey()
    if group == 1024 {
      let published = try await best {
        let report = try await EvidenceVerification.published(path, keys: [key], workers: workers)
        guard report.isOK else { throw BenchError(line: Int32(report.problemCount)) }
      }
      print(
        "  published folder (envelopes, tree, tiles): \(rate(count, published)) (wanted: 150000); "
          + "published at \(rate(count, publishing.wall))")
    }
    let keyless = try await best {
      let report = try await Session.verifyLog(in: store, LogAnchor(), workers: workers)
      guard report.isOK else { throw BenchError(line: Int32(report.problemCount)) }
    }
    let whole = try await best {
      let report = try await session.verifyLog(LogAnchor(), workers: workers)
      guard report.isOK else { throw BenchError(line: Int32(report.problemCount)) }
    }
    print(
      "  commits of \(group): without the audit key \(rate(count, keyless)), "
        + "with sealed parts opened \(rate(count, whole))\(group == 1024 ? " (wanted: 80000)" : "")")
    try store.close()
  }

  /// The shortest of three, in seconds on the wall.
  private func best(_ body: () async throws -> Void) async throws -> Double {
    var best = Double.infinity
    for _ in 0..<3 {
      let clock = ContinuousClock()
      let start = clock.now
      try await body()
      best = min(best, (clock.now - start) / .seconds(1))
    }
    return best
  }

  private func rate(_ count: Int, _ seconds: Double) -> String { String(Int(Double(count) / seconds)) }
}
