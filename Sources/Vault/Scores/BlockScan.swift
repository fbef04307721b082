internal import Scoring
internal import Synchronization

/// Goes through blocks of 4,096 ordinals on several threads: each takes the next block until there is none. Blocks do not
/// depend on which thread had them, so any number of threads gives the same outcomes.
struct BlockScan {
  /// Ordinals below this were there when the intent was written.
  let universe: UInt64
  let store: any Store
  /// What tells a merge that was made from one that was made up.
  let rule: PseudonymRule

  /// A customer that was merged into another one: its ordinal and the other's.
  typealias Link = (source: UInt64, target: UInt64)

  /// What one thread is given.
  final class Share<Outcome: Sendable> {
    /// A connection of its own.
    let store: any Store
    /// For each customer into whom others were merged, all of these; empty in the first pass.
    let merged: [UInt64: [UInt64]]
    /// Whether the directory has every ordinal below the universe.
    let isWhole: Bool
    private let work: Work<Outcome>
    fileprivate var place = 0

    fileprivate init(_ store: any Store, _ merged: [UInt64: [UInt64]], _ isWhole: Bool, _ work: Work<Outcome>)
    {
      (self.store, self.merged, self.isWhole, self.work) = (store, merged, isWhole, work)
    }

    /// The next block, nil where none is left.
    func next() -> UInt64? {
      place = work.take()
      return place < work.blocks.count && !work.hasFailed ? work.blocks[place] : nil
    }

    /// Keeps what became of the block that was taken last.
    func put(_ outcome: Outcome) { work.put(outcome, at: place) }
  }

  /// The blocks of a pass, and what became of them.
  fileprivate final class Work<Outcome: Sendable> {
    let blocks: [UInt64]
    private let taken = Atomic<Int>(0)
    private let done: Mutex<Done>

    private struct Done {
      var outcomes: [Outcome?]
      var failure: (place: Int, error: any Error)?
    }

    init(_ blocks: [UInt64]) {
      self.blocks = blocks
      done = Mutex(Done(outcomes: Array(repeating: nil, count: blocks.count), failure: nil))
    }

    var hasFailed: Bool { done.withLock { $0.failure != nil } }

    func take() -> Int { taken.add(1, ordering: .relaxed).oldValue }

    func put(_ outcome: Outcome, at place: Int) {
      done.withLock { $0.outcomes[place] = outcome }
    }

    /// The first block that fails decides, so that the same fault is the same error on any number of threads.
    func note(_ error: any Error, at place: Int) {
      done.withLock { state in
        if state.failure.map({ place < $0.place }) ?? true { state.failure = (place, error) }
      }
    }

    func outcomes() throws -> [Outcome] {
      if let failure = done.withLock({ $0.failure }) { throw failure.error }
      return done.withLock { state in state.outcomes.compactMap { $0 } }
    }
  }

  /// The outcome of every block, in order; of those into whose customers others were merged, that of a second pass which
  /// knows of it.
  ///
  /// - Parameters:
  ///   - threads: how many to use.
  ///   - links: the merges that an outcome tells of.
  ///   - work: what each thread does; it puts one outcome for each block that it takes.
  func run<Outcome: Sendable>(
    threads: Int, links: (Outcome) -> [Link], _ work: (Share<Outcome>) throws -> Void
  ) throws -> [Outcome] {
    let count = (universe + ScoreBlock.ordinals - 1) / ScoreBlock.ordinals
    let isWhole = try isDirectoryWhole()
    var outcomes = try pass(Array(0..<count), merged: [:], isWhole, threads: threads, work)
    let found = outcomes.flatMap(links)
    guard !found.isEmpty else { return outcomes }
    try store.read { try MergeLinks.check(found, $0, rule) }
    let merged = try MergeLinks.sources(found)
    let again = Set(merged.keys.map { ScoreBlock.index(of: $0) }).filter { $0 < count }.sorted()
    let others = try pass(again, merged: merged, isWhole, threads: threads, work)
    for (block, outcome) in zip(again, others) { outcomes[Int(block)] = outcome }
    return outcomes
  }

  /// Whether the directory has every ordinal below the universe. Rows are never taken away.
  private func isDirectoryWhole() throws -> Bool {
    try store.read { reader in
      try reader.count(Schema.directory) - reader.surveyDirectory(ordinals: Int64(universe)..<Int64.max).count
        == Int64(universe)
    }
  }

  private func pass<Outcome: Sendable>(
    _ blocks: [UInt64], merged: [UInt64: [UInt64]], _ isWhole: Bool, threads: Int,
    _ work: (Share<Outcome>) throws -> Void
  ) throws -> [Outcome] {
    let all = Work<Outcome>(blocks)
    WorkerThreads.run(min(threads, blocks.count)) { _ in
      var place = 0
      do {
        let store = try store.readingConnection()
        defer { try? store.close() }
        let share = Share(store, merged, isWhole, all)
        defer { place = share.place }
        try work(share)
      } catch {
        all.note(error, at: place)
      }
    }
    return try all.outcomes()
  }
}
