/// Dated exchange rates into the vault's currency, from a file that the user names.
///
/// A rate holds from its day until the next one of the same currency. There is no rate before the first, and none
/// is made up: `convert` gives nil, and the payment counts as one in another currency.
public struct ExchangeRates: Sendable {
  /// A rate as it was quoted.
  public struct Quote: Hashable, Sendable {
    /// The foreign currency's ISO 4217 code.
    public let currency: String
    /// The first day on which it holds.
    public let day: LocalDay
    /// What one major unit of the foreign currency is in major units of the vault's, above 0.
    public let rate: Double

    /// A quote.
    public init(currency: String, day: LocalDay, rate: Double) {
      self.currency = currency
      self.day = day
      self.rate = rate
    }
  }

  private var quotes: [String: [Quote]] = [:]

  /// Rates.
  ///
  /// - Throws: `invalidRates` for a rate that is not above 0 and finite, or two of one currency and day that differ.
  public init(_ quotes: [Quote]) throws(ScoringError) {
    for quote in quotes {
      guard quote.rate > 0, quote.rate.isFinite else { throw ScoringError(.invalidRates) }
      self.quotes[quote.currency, default: []].append(quote)
    }
    for currency in self.quotes.keys {
      self.quotes[currency]?.sort { $0.day < $1.day }
      let sorted = self.quotes[currency] ?? []
      for (left, right) in zip(sorted, sorted.dropFirst())
      where left.day == right.day && left.rate != right.rate {
        throw ScoringError(.invalidRates)
      }
    }
  }

  /// Rates from lines of `day,currency,rate`, the first line being that header. Empty lines are passed over.
  ///
  /// - Throws: `invalidRates` with line and field for a line that is not so, or that contradicts an earlier one.
  public init(parsing text: String) throws(ScoringError) {
    var quotes: [Quote] = []
    var seen: [String: [LocalDay: Double]] = [:]
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    for (index, line) in lines.enumerated() {
      let line = line.filter { $0 != " " && $0 != "\u{FEFF}" }
      if index == 0 {
        guard line == "day,currency,rate" else { throw ScoringError(.invalidRates, line: 1, field: "header") }
      } else if !line.isEmpty {
        let quote = try Self.quote(line, number: index + 1)
        guard seen[quote.currency]?[quote.day].map({ $0 == quote.rate }) ?? true else {
          throw ScoringError(.invalidRates, line: index + 1, field: "rate")
        }
        seen[quote.currency, default: [:]][quote.day] = quote.rate
        quotes.append(quote)
      }
    }
    try self.init(quotes)
  }

  private static func quote(_ line: String, number: Int) throws(ScoringError) -> Quote {
    let fields = line.split(separator: ",", omittingEmptySubsequences: false)
    guard fields.count == 3 else { throw ScoringError(.invalidRates, line: number) }
    guard let day = LocalDay(fields[0]) else { throw ScoringError(.invalidRates, line: number, field: "day") }
    guard fields[1].utf8.count == 3,
      fields[1].utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
    else { throw ScoringError(.invalidRates, line: number, field: "currency") }
    guard let rate = Double(fields[2]), rate > 0, rate.isFinite else {
      throw ScoringError(.invalidRates, line: number, field: "rate")
    }
    return Quote(currency: String(fields[1]), day: day, rate: rate)
  }

  /// The rate of a currency on a day, or nil where none was quoted by then.
  public func rate(of currency: String, on day: LocalDay) -> Double? {
    guard let quotes = quotes[currency] else { return nil }
    var (low, high) = (0, quotes.count)
    while low < high {
      let middle = (low + high) / 2
      if quotes[middle].day <= day { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? quotes[low - 1].rate : nil
  }

  /// An amount in minor units of the vault's currency, rounded to the nearest, ties to even; nil without a rate, or where
  /// the result does not fit 53 bits.
  ///
  /// - Parameters:
  ///   - minor: the amount in minor units of the foreign currency.
  ///   - digits: the decimals of the foreign currency, and of the vault's.
  public func convert(
    _ minor: Int64, of currency: String, on day: LocalDay, digits: (foreign: Int, vault: Int)
  ) -> Int64? {
    guard let rate = rate(of: currency, on: day), minor.magnitude <= 1 << 53 else { return nil }
    var value = Double(minor) * rate
    for _ in 0..<max(0, digits.vault - digits.foreign) { value *= 10 }
    var divisor = 1.0
    for _ in 0..<max(0, digits.foreign - digits.vault) { divisor *= 10 }
    value = (value / divisor).rounded(.toNearestOrEven)
    return value.magnitude <= 0x1p53 ? Int64(value) : nil
  }
}
