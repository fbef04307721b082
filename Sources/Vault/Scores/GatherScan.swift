internal import AuditLog
internal import Scoring
internal import Sodium

/// Reads everybody's behavior one customer after another, for a model over many customers.
///
/// It stands beside `ScoreScan`, which adds payments up without looking at each: here every payment is needed with
/// its day and its order.
struct GatherScan: ~Copyable {
  /// A read transaction covers so many ordinals, well under 100 ms.
  private static let ordinalsAtOnce: UInt64 = 256

  /// What everybody comes to, in ascending order of ordinals.
  private(set) var customers: [GatheredCustomer] = []
  /// How many customers have a history that nothing is made of, by reason.
  private(set) var excluded: [String: UInt64] = [:]
  /// How many customers the purpose's rule leaves out.
  private(set) var withheld: UInt64 = 0
  /// Ordinals of which nothing was opened though the receipt names them: never given, or erased.
  private(set) var untouched: [UInt64] = []

  private let plan: ScorePlan
  private let work: RecordWork
  private let subjects: SubjectSet
  private let minorDigits: Int
  private let days: LocalDays
  private var feed: EventFeed
  private var ledgers: GatherLedgers

  init(
    _ plan: ScorePlan, _ gathering: GatherPlan, work: RecordWork, subjects: SubjectSet, minorDigits: Int,
    days: LocalDays
  ) {
    (self.plan, self.work, self.subjects) = (plan, work, subjects)
    (self.minorDigits, self.days) = (minorDigits, days)
    feed = EventFeed(plan, days: days, currency: work.currency)
    ledgers = GatherLedgers(gathering, window: plan.window)
  }

  /// Reads everybody below the universe.
  mutating func run(_ store: any Store, for receipt: borrowing AccessReceipt) throws {
    let sources = try ScoreScan.mergedCustomers(
      store, universe: subjects.universe, work.warden.pseudonyms())
    for first in stride(from: 0, to: subjects.universe, by: Int(Self.ordinalsAtOnce)) {
      let ordinals = first..<min(first + Self.ordinalsAtOnce, subjects.universe)
      // Sealed records leave the transaction; they are opened behind it.
      var records: [(ordinal: UInt64, sealed: [[SealedRecord]])] = []
      try store.read { reader in
        let directory = try DirectoryRange(ordinals, isWhole: false, reader)
        for ordinal in ordinals {
          switch directory[ordinal] {
          case .live:
            let all = [ordinal] + (sources[ordinal] ?? [])
            // Half of a history would be a wrong one.
            guard all.allSatisfy(subjects.contains) else {
              withheld += 1
              continue
            }
            records.append((ordinal, try all.map { try SealedRecord.all(.behavior, $0, reader) }))
          case .merged: break
          case .erased, .unknown:
            guard try SealedRecord.all(.behavior, ordinal, reader).isEmpty else {
              throw VaultError(
                .integrity, "a record belongs to no customer of the directory, or to an erased one")
            }
            untouched.append(ordinal)
          }
        }
      }
      for (ordinal, sealed) in records { try gather(ordinal, sealed, for: receipt) }
    }
  }

  private mutating func gather(
    _ ordinal: UInt64, _ sealed: [[SealedRecord]], for receipt: borrowing AccessReceipt
  ) throws {
    feed.reset()
    ledgers.reset()
    for records in sealed { try add(records, for: receipt) }
    if plan.definitions.otherCurrency == .excludeCustomer, feed.history.otherCurrencyEvents > 0,
      !feed.history.hasFactorsRow
    {
      excluded[Exclusion.otherCurrency.reason, default: 0] += 1
      return
    }
    do {
      let occasions = try ledgers.occasions()
      customers.append(
        GatheredCustomer(
          ordinal: ordinal, factors: try feed.history.factors(minorDigits: minorDigits),
          occasions: occasions.window, later: occasions.later))
    } catch {
      excluded[Exclusion.outOfRange.reason, default: 0] += 1
    }
  }

  private mutating func add(_ records: [SealedRecord], for receipt: borrowing AccessReceipt) throws {
    try work.events(records, for: receipt) { event, texts in
      feed.add(event, texts)
      guard case .transaction(let payment) = event.detail, payment.currency == work.currency else { return }
      let day = LocalDay(daysSinceEpoch: days.day(event.time, isDateOnly: event.isDateOnly))
      ledgers.add(payment, on: day, digest: event.digest)
    }
  }
}
