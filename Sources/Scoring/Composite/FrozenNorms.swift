/// The norms of a composite's factors, computed once from a named population and then kept.
///
/// They hold aggregates and, for percentiles, the population's distinct values: personal data of many, to be stored encrypted.
public struct FrozenNorms: Hashable, Sendable, Undisclosed {
  /// One factor's norm.
  public struct Entry: Hashable, Sendable {
    /// What it is the norm of.
    public let term: CompositeTerm
    /// The norm of transformed values.
    public let norm: Norm
    /// The normalized median of the population, in the term's direction; nil where nobody has the factor.
    public let median: Double?
    /// How many of the population have the factor.
    public let customers: Int

    /// A norm that was stored.
    public init(term: CompositeTerm, norm: Norm, median: Double?, customers: Int) {
      (self.term, self.norm, self.median, self.customers) = (term, norm, median, customers)
    }
  }

  /// The name of the norms.
  public let id: String
  /// The as-of day of the population.
  public let asOf: LocalDay
  /// How many customers the population has.
  public let customers: Int
  /// A norm for each term of the composite, in its order.
  public let entries: [Entry]

  /// Norms that were stored.
  public init(id: String, asOf: LocalDay, customers: Int, entries: [Entry]) {
    (self.id, self.asOf, self.customers, self.entries) = (id, asOf, customers, entries)
  }

  /// The norms of a population, the same whatever the order of its customers.
  ///
  /// - Throws: `noReference` where nobody has a factor whose norm needs a population.
  public init(
    _ id: String, of population: [CompositeInput], for specification: CompositeSpecification, asOf: LocalDay
  ) throws(ScoringError) {
    try self.init(id, customers: population.count, for: specification, asOf: asOf) { factor in
      population.lazy.compactMap { $0[factor] }
    }
  }

  /// The norms of a population that lies in columns.
  ///
  /// - Parameter values: the numbers of a factor, of those who have it.
  /// - Throws: `noReference` where nobody has a factor whose norm needs a population.
  init(
    _ id: String, customers: Int, for specification: CompositeSpecification, asOf: LocalDay,
    values: (CompositeFactor) -> some Sequence<Double>
  ) throws(ScoringError) {
    self.id = id
    self.asOf = asOf
    self.customers = customers
    var entries: [Entry] = []
    for term in specification.terms {
      let sorted = Self.sorted(values(term.factor), term)
      if sorted.isEmpty {
        guard case .fixedRange = term.normalizer else {
          throw ScoringError(.noReference, compositeFactor: term.factor)
        }
      }
      let norm = Norm(term.normalizer, sorted: sorted)
      let median = sorted.isEmpty ? nil : term.normalized(quantile(sorted, 0.5), norm)
      entries.append(Entry(term: term, norm: norm, median: median, customers: sorted.count))
    }
    self.entries = entries
  }

  /// The transformed values of one factor in ascending order.
  private static func sorted(_ values: some Sequence<Double>, _ term: CompositeTerm) -> [Double] {
    var keys: [UInt64] = []
    keys.reserveCapacity(values.underestimatedCount)
    for value in values { keys.append(orderedBits(term.transform(value) + 0)) }
    radixSort(&keys)
    return keys.map(fromOrderedBits)
  }
}

extension CompositeTerm {
  /// The normalized value of a transformed one, in the direction of the term.
  @inline(__always)
  func normalized(_ transformed: Double, _ norm: Norm) -> Double {
    let value = norm(transformed)
    guard direction == .lowerIsBetter else { return value }
    return normalizer.isUnitRange ? 1 - value : -value
  }
}

/// Bits that sort as unsigned words as the numbers do.
@inline(__always)
func orderedBits(_ value: Double) -> UInt64 {
  let bits = value.bitPattern
  return bits >> 63 == 1 ? ~bits : bits | 1 << 63
}

/// The number with these ordered bits.
@inline(__always)
func fromOrderedBits(_ bits: UInt64) -> Double {
  Double(bitPattern: bits >> 63 == 1 ? bits & ~(1 << 63) : ~bits)
}
