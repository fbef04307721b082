/// Segments by rules over factors: the first rule whose conditions all hold names the segment.
public struct SegmentRules: Hashable, Sendable {
  /// How a factor is compared.
  public enum Comparison: String, CaseIterable, Hashable, Sendable {
    /// Less than.
    case less = "<"
    /// At most.
    case atMost = "<="
    /// More than.
    case more = ">"
    /// At least.
    case atLeast = ">="
    /// Equal.
    case equal = "="
  }

  /// A condition: a factor, a comparison and a number. It does not hold where the factor is missing.
  public struct Condition: Hashable, Sendable {
    /// The factor.
    public let factor: CompositeFactor
    /// How it is compared.
    public let comparison: Comparison
    /// With what.
    public let number: Double

    /// A condition.
    public init(_ factor: CompositeFactor, _ comparison: Comparison, _ number: Double) {
      (self.factor, self.comparison, self.number) = (factor, comparison, number)
    }

    /// Whether it holds for a customer.
    public func holds(for customer: CompositeInput) -> Bool {
      guard let value = customer[factor] else { return false }
      return switch comparison {
      case .less: value < number
      case .atMost: value <= number
      case .more: value > number
      case .atLeast: value >= number
      case .equal: value == number
      }
    }

    /// A condition from text such as `recency <= 30`.
    ///
    /// - Throws: `invalidSegments` for an unknown factor or comparison, or no number.
    public init(parsing text: String) throws(ScoringError) {
      let words = text.split { $0 == " " || $0 == "\t" }
      guard words.count == 3, let factor = CompositeFactor(rawValue: String(words[0])),
        let comparison = Comparison(rawValue: String(words[1])), let number = Double(String(words[2])),
        number.isFinite
      else { throw ScoringError(.invalidSegments) }
      self.init(factor, comparison, number)
    }

    /// The condition as it is written.
    public var text: String { "\(factor.rawValue) \(comparison.rawValue) \(number)" }
  }

  /// A segment and the conditions that make it; without conditions it takes everybody.
  public struct Rule: Hashable, Sendable {
    /// The segment.
    public let name: String
    /// What must hold.
    public let conditions: [Condition]

    /// A rule.
    public init(_ name: String, _ conditions: [Condition]) {
      (self.name, self.conditions) = (name, conditions)
    }

    /// A rule from its name and conditions such as `recency <= 30`.
    ///
    /// - Throws: `invalidSegments` for a name that is none of 1 to 64 letters, digits, spaces, `_` and `-`, or a condition
    ///   that cannot be read.
    public init(_ name: String, parsing conditions: [String]) throws(ScoringError) {
      guard RFMSegments.isName(name) else { throw ScoringError(.invalidSegments) }
      self.init(name, try conditions.map { (text) throws(ScoringError) in try Condition(parsing: text) })
    }
  }

  /// The rules, of which the first that fits counts.
  public let rules: [Rule]
  /// The segment of a customer whom no rule fits.
  public let rest: String

  /// Rules.
  public init(_ rules: [Rule], rest: String = "others") {
    (self.rules, self.rest) = (rules, rest)
  }

  /// The names, each once, in the order of the rules, `rest` last.
  public var names: [String] {
    (rules.map(\.name) + [rest]).reduce(into: []) { names, name in
      if !names.contains(name) { names.append(name) }
    }
  }

  /// The segment of a customer.
  public func segment(of customer: CompositeInput) -> String {
    rules.first { $0.conditions.allSatisfy { $0.holds(for: customer) } }?.name ?? rest
  }
}
