internal import AuditLog
internal import Scoring
internal import Sodium
internal import Synchronization

/// Scores everybody by ordinal range on several threads: each takes the next block of 4,096 ordinals until there
/// is none. Blocks do not depend on which thread had them, so any number of threads gives the same bits.
struct ScoreScan {
  /// What a run reads and computes; the same for every thread.
  struct Job {
    let plan: ScorePlan
    let minorDigits: Int
    let days: LocalDays
    let currency: CurrencyCode
    let vault: VaultID
    let classKey: SharedKey<ClassKeyPurpose>
    let warden: any Warden
    /// The customers that may be opened.
    let subjects: SubjectSet
    /// Ordinals below this were there when the intent was written.
    var universe: UInt64 { subjects.universe }
  }

  /// What became of one block.
  struct Outcome {
    /// The scores.
    let scores: ScoreBlock
    /// Customers whom the purpose's rule leaves out.
    var withheld: UInt64 = 0
    /// Ordinals of which nothing was opened though the receipt names them: never given, or erased.
    var untouched: [UInt64] = []
    /// Customers that were merged into another one: their ordinal and the other's.
    var links: [(source: UInt64, target: UInt64)] = []
  }

  private let job: Job
  private let store: any Store

  init(_ job: Job, _ store: any Store) {
    self.job = job
    self.store = store
  }

  /// Scores every block below the universe; then once more those into whose customers others were merged.
  func run(threads: Int, for receipt: borrowing AccessReceipt) throws -> [Outcome] {
    let count = (job.universe + ScoreBlock.ordinals - 1) / ScoreBlock.ordinals
    let isWhole = try isDirectoryWhole()
    var outcomes = try run(Array(0..<count), merged: [:], isWhole, threads: threads, for: receipt)
    let links = outcomes.flatMap(\.links)
    guard !links.isEmpty else { return outcomes }
    try store.read { try MergeLinks.check(links, $0, job.warden.pseudonyms()) }
    let merged = try MergeLinks.sources(links)
    let again = Set(merged.keys.map { ScoreBlock.index(of: $0) }).filter { $0 < count }.sorted()
    let others = try run(again, merged: merged, isWhole, threads: threads, for: receipt)
    for (block, outcome) in zip(again, others) { outcomes[Int(block)] = outcome }
    return outcomes
  }

  /// Whether the directory has every ordinal below the universe. Rows are never taken away.
  private func isDirectoryWhole() throws -> Bool {
    let universe = Int64(job.universe)
    return try store.read { reader in
      try reader.count(Schema.directory) - reader.surveyDirectory(ordinals: universe..<Int64.max).count
        == universe
    }
  }

  private func run(
    _ blocks: [UInt64], merged: [UInt64: [UInt64]], _ isWhole: Bool, threads: Int,
    for receipt: borrowing AccessReceipt
  ) throws -> [Outcome] {
    let next = Atomic<Int>(0)
    let done = Mutex<(outcomes: [Outcome?], failure: (block: Int, error: any Error)?)>(
      (Array(repeating: nil, count: blocks.count), nil))
    WorkerThreads.run(min(threads, blocks.count)) { _ in
      var block = 0
      do {
        let store = try store.readingConnection()
        defer { try? store.close() }
        var worker = BlockWorker(job, merged: merged, isWhole: isWhole)
        while true {
          block = next.add(1, ordering: .relaxed).oldValue
          guard block < blocks.count, done.withLock({ $0.failure == nil }) else { return }
          let outcome = try worker.score(blocks[block], store, for: receipt)
          done.withLock { $0.outcomes[block] = outcome }
        }
      } catch {
        let failed = block
        done.withLock { state in
          // The first block that fails decides, so that the same fault is the same error on any number of threads.
          if state.failure.map({ failed < $0.block }) ?? true { state.failure = (failed, error) }
        }
      }
    }
    return try done.withLock { state in
      if let failure = state.failure { throw failure.error }
      return state.outcomes.compactMap { $0 }
    }
  }

  /// For each customer into whom others were merged, all of these, by the directory; each link is checked.
  static func mergedCustomers(_ store: any Store, universe: UInt64, _ rule: PseudonymRule) throws -> [UInt64:
    [UInt64]]
  {
    var links: [(source: UInt64, target: UInt64)] = []
    for first in stride(from: 0, to: universe, by: Int(ScoreBlock.ordinals)) {
      let ordinals = first..<min(first + ScoreBlock.ordinals, universe)
      let directory = try store.read { reader in try DirectoryRange(ordinals, isWhole: false, reader) }
      for ordinal in ordinals {
        if case .merged(let target) = directory[ordinal] { links.append((ordinal, target)) }
      }
    }
    try store.read { try MergeLinks.check(links, $0, rule) }
    return try MergeLinks.sources(links)
  }
}
