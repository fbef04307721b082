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

  /// Rates from lines of `day,currency,rate`, the first line being that header.
  ///
  /// - Throws: `invalidRates` for a line that is not so.
  public init(parsing text: String) throws(ScoringError) {
    var quotes: [Quote] = []
    var lines = text.split(omittingEmptySubsequences: true) { $0.isNewline }[...]
    guard lines.popFirst()?.filter({ $0 != " " }) == "day,currency,rate" else {
      throw ScoringError(.invalidRates)
    }
    for line in lines {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map { field in
        String(field.filter { $0 != " " })
      }
      guard fields.count == 3, let day = LocalDay(fields[0]), fields[1].utf8.count == 3,
        fields[1].utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }),
        let rate = Double(fields[2])
      else { throw ScoringError(.invalidRates) }
      quotes.append(Quote(currency: fields[1], day: day, rate: rate))
    }
    try self.init(quotes)
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
