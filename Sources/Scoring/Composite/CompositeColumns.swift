/// The raw factors of many customers for one composite, by column: eight bytes a factor and customer, so that everybody
/// fits into memory.
public struct CompositeColumns: Sendable, Undisclosed {
  /// The composite whose factors these are.
  public let specification: CompositeSpecification
  /// A column for each term, in the order of the terms; a NaN where the factor is missing.
  public private(set) var columns: [[Double]]
  /// How many customers there are.
  public private(set) var count = 0

  /// Where a column's numbers come from; found out once.
  private let sources: [Source]

  private enum Source {
    case recency
    case frequency
    case factor(Factor)
  }

  /// Nobody yet.
  public init(_ specification: CompositeSpecification) {
    self.specification = specification
    sources = specification.terms.map { term -> Source in
      switch term.factor {
      case .recency: .recency
      case .frequency: .frequency
      default: term.factor.factor.map { Source.factor($0) } ?? .recency
      }
    }
    columns = specification.terms.map { _ in [] }
  }

  /// Makes room for so many customers in all.
  public mutating func reserve(_ count: Int) {
    for column in columns.indices { columns[column].reserveCapacity(count) }
  }

  /// Adds a customer: recency and frequency are those of the occasions, the others the factors', as
  /// `PopulationMember.compositeInput` has it.
  @inline(__always)
  public mutating func append(_ factors: Factors, _ occasions: Occasions?) {
    for place in sources.indices {
      let value: Double? =
        switch sources[place] {
        case .recency: occasions.map { Double($0.daysSinceLast) }
        case .frequency: occasions.map { Double($0.count) }
        case .factor(let factor): factors[factor]
        }
      columns[place].append(value.flatMap { $0.isFinite ? $0 : nil } ?? .nan)
    }
    count += 1
  }

  /// Adds the customers of other columns of the same composite.
  public mutating func append(contentsOf other: CompositeColumns) {
    for place in columns.indices { columns[place] += other.columns[place] }
    count += other.count
  }

  /// The customer at a place.
  public subscript(place: Int) -> CompositeInput {
    var input = CompositeInput()
    for (column, term) in specification.terms.enumerated() { input[term.factor] = columns[column][place] }
    return input
  }

  /// A customer's number in a column, nil where it is missing.
  public func value(_ place: Int, _ column: Int) -> Double? {
    let value = columns[column][place]
    return value.isNaN ? nil : value
  }

  /// The norms of these customers: where a missing factor leaves a customer without a score, of those who have every
  /// factor. Nil where there is nobody.
  ///
  /// - Throws: `noReference` where nobody has a factor whose norm needs a population.
  public func norms(_ id: String, asOf: LocalDay) throws(ScoringError) -> FrozenNorms? {
    let excludes = specification.missing == .exclude
    let isWhole = (0..<count).map { place in !excludes || columns.allSatisfy { !$0[place].isNaN } }
    let customers = isWhole.count { $0 }
    guard customers > 0 else { return nil }
    return try FrozenNorms(id, customers: customers, for: specification, asOf: asOf) { factor in
      let column = specification.terms.firstIndex { $0.factor == factor }.map { columns[$0] } ?? []
      return zip(column, isWhole).lazy.filter { $0.1 && !$0.0.isNaN }.map(\.0)
    }
  }

  /// Everybody's scores under a model of the specification, a NaN where there is none, and the factor that is missing for
  /// it.
  public func scores(_ model: CompositeModel) -> (values: [Double], missing: [CompositeFactor: Int]) {
    var values: [Double] = []
    values.reserveCapacity(count)
    var missing: [CompositeFactor: Int] = [:]
    for place in 0..<count {
      do throws(ScoringError) {
        values.append(try model.score(of: self[place]).value)
      } catch {
        values.append(.nan)
        if let factor = error.compositeFactor { missing[factor, default: 0] += 1 }
      }
    }
    return (values, missing)
  }
}
