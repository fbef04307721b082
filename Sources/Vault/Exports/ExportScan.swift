internal import AuditLog
internal import Scoring
internal import Sodium

/// Takes the rows of an export, cell by cell, while the customers are opened.
public protocol ExportRows: AnyObject {
  /// A cell of the current row; columns come in order.
  func cell(_ column: Int, _ text: Span<UInt8>) throws
  /// Ends the row.
  func endRow() throws
}

/// Reads the columns of an export from everybody whom the purpose may reach, one customer after another.
struct ExportScan: ~Copyable {
  /// A read transaction covers so many ordinals, well under 100 ms.
  private static let ordinalsAtOnce: UInt64 = 256

  /// Row by row the customer.
  private(set) var ordinals: [UInt64] = []
  /// How many customers lack what the columns need, by reason.
  private(set) var excluded: [String: UInt64] = [:]
  /// How many customers the purpose's rule leaves out.
  private(set) var withheld: UInt64 = 0
  /// Ordinals of which nothing was opened though the receipt names them: never given, or erased.
  private(set) var untouched: [UInt64] = []

  private let columns: [ExportColumn]
  private let work: RecordWork
  private let subjects: SubjectSet
  private let minorDigits: Int
  /// The as-of day.
  let asOf: LocalDay
  /// Whether a customer whose figures cannot be had is left out, rather than having none.
  private let isStrict: Bool
  private let needsProfile: Bool
  private let needsBehavior: Bool
  private var feed: EventFeed

  init(
    _ columns: [ExportColumn], window: Window, work: RecordWork, subjects: SubjectSet, minorDigits: Int,
    days: LocalDays
  ) throws {
    (self.columns, self.work, self.subjects) = (columns, work, subjects)
    self.minorDigits = minorDigits
    asOf = window.through
    isStrict = columns.contains(where: \.isRequired)
    needsProfile = columns.contains { $0.dataClass == .profile }
    needsBehavior = columns.contains { $0.dataClass == .behavior }
    let plan = ScorePlan(model: try LiteralModel(scores: .all), window: window) { _ in minorDigits }
    feed = EventFeed(
      plan, days: days, currency: work.currency, minorDigits: minorDigits, summarizes: true)
  }

  /// The sealed records of a customer, and of those who were merged into it.
  private struct Sealed {
    let ordinal: UInt64
    var profile: [[SealedRecord]] = []
    var behavior: [[SealedRecord]] = []
  }

  /// Reads everybody below the universe.
  mutating func run(_ store: any Store, into rows: any ExportRows, for receipt: borrowing AccessReceipt)
    throws
  {
    let sources = try ScoreScan.mergedCustomers(
      store, universe: subjects.universe, work.warden.pseudonyms())
    for first in stride(from: 0, to: subjects.universe, by: Int(Self.ordinalsAtOnce)) {
      let ordinals = first..<min(first + Self.ordinalsAtOnce, subjects.universe)
      // Sealed records leave the transaction; they are opened behind it.
      let all = try store.read { reader in try sealed(ordinals, sources, reader) }
      for sealed in all { try add(sealed, to: rows, for: receipt) }
    }
  }

  private mutating func sealed(
    _ ordinals: Range<UInt64>, _ sources: [UInt64: [UInt64]], _ reader: any StoreReader
  ) throws -> [Sealed] {
    let directory = try DirectoryRange(ordinals, isWhole: false, reader)
    var all: [Sealed] = []
    for ordinal in ordinals {
      switch directory[ordinal] {
      case .live:
        let customers = [ordinal] + (sources[ordinal] ?? [])
        // Half of a history would be a wrong one.
        guard customers.allSatisfy(subjects.contains) else {
          withheld += 1
          continue
        }
        var sealed = Sealed(ordinal: ordinal)
        if needsProfile { sealed.profile = try customers.map { try SealedRecord.all(.profile, $0, reader) } }
        if needsBehavior {
          sealed.behavior = try customers.map { try SealedRecord.all(.behavior, $0, reader) }
        }
        all.append(sealed)
      case .merged: break
      case .erased, .unknown: untouched.append(ordinal)
      }
    }
    return all
  }

  private mutating func add(
    _ sealed: Sealed, to rows: any ExportRows, for receipt: borrowing AccessReceipt
  ) throws {
    let profile =
      try work.fields(.profile, of: sealed.profile.map { [.profile: $0] }, for: receipt) ?? FieldRecord()
    let figures: [String?]
    switch try behavior(sealed.behavior, for: receipt) {
    case .figures(let known): figures = known
    case .excluded(let reason):
      excluded[reason, default: 0] += 1
      return
    }
    for (place, column) in columns.enumerated() where column.isRequired {
      let isKnown =
        if case .field(let name) = column.source { profile.contains(name) } else { figures[place] != nil }
      guard isKnown else {
        excluded["missing:\(column.name)", default: 0] += 1
        return
      }
    }
    for (place, column) in columns.enumerated() {
      if case .field(let name) = column.source {
        let isThere: Void? = try profile.withValue(of: name) { try rows.cell(place, $0) }
        if isThere == nil { try rows.cell(place, [UInt8]().span) }
      } else {
        let text = Array((figures[place] ?? "").utf8)
        try rows.cell(place, text.span)
      }
    }
    try rows.endRow()
    ordinals.append(sealed.ordinal)
  }

  private enum Figures {
    case figures([String?])
    case excluded(String)
  }

  /// What the behavior of a customer comes to, column by column.
  private mutating func behavior(_ sealed: [[SealedRecord]], for receipt: borrowing AccessReceipt) throws
    -> Figures
  {
    let unknown = columns.map { _ in nil as String? }
    guard needsBehavior else { return .figures(unknown) }
    feed.reset()
    for records in sealed {
      try work.events(records, for: receipt) { event, texts in feed.add(event, texts) }
    }
    guard feed.history.otherCurrencyEvents == 0 || feed.history.hasFactorsRow else {
      return isStrict ? .excluded(Exclusion.otherCurrency.reason) : .figures(unknown)
    }
    guard let factors = try? feed.history.factors(minorDigits: minorDigits),
      let summary = try? feed.history.summary()
    else { return isStrict ? .excluded(Exclusion.outOfRange.reason) : .figures(unknown) }
    var figures: [String?] = []
    for column in columns {
      switch column.source {
      case .field: figures.append(nil)
      case .factor(let factor):
        let text = factors[factor].map(ExportNumber.text)
        if case .some(nil) = text, isStrict { return .excluded(Exclusion.outOfRange.reason) }
        figures.append(text ?? nil)
      case .recency: figures.append(summary.days.map { String(asOf.days(since: $0.upperBound)) })
      case .tenure: figures.append(summary.days.map { String(asOf.days(since: $0.lowerBound)) })
      }
    }
    return .figures(figures)
  }
}
