internal import AuditLog
internal import Scoring
internal import Sodium

/// Scores everybody by ordinal range on several threads; any number of them gives the same bits.
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
  struct Outcome: Sendable {
    /// The scores.
    let scores: ScoreBlock
    /// Customers whom the purpose's rule leaves out.
    var withheld: UInt64 = 0
    /// Ordinals of which nothing was opened though the receipt names them: never given, or erased.
    var untouched: [UInt64] = []
    /// Customers that were merged into another one: their ordinal and the other's.
    var links: [(source: UInt64, target: UInt64)] = []
    /// Payments in other currencies.
    var foreign = ForeignPayments()
  }

  private let job: Job
  private let store: any Store

  init(_ job: Job, _ store: any Store) {
    self.job = job
    self.store = store
  }

  /// Scores every block below the universe; then once more those into whose customers others were merged.
  func run(threads: Int, for receipt: borrowing AccessReceipt) throws -> [Outcome] {
    try BlockScan(universe: job.universe, store: store, rule: job.warden.pseudonyms()).run(
      threads: threads, links: { (outcome: Outcome) in outcome.links }
    ) { (share: BlockScan.Share<Outcome>) in
      var worker = BlockWorker(job, merged: share.merged, isWhole: share.isWhole)
      while let block = share.next() { share.put(try worker.score(block, share.store, for: receipt)) }
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
