/// What can go wrong while scoring: a code and, where one is concerned, the factor. Never a value.
public struct ScoringError: Error, Hashable, Sendable {
  /// The kind of an error; more may be added without breaking a caller.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// A stable word in snake case.
    public let rawValue: String

    /// A code with this word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A factor that the score needs is not known for the customer; it is never taken as 0.
    public static let missingFactor = Code(rawValue: "missing_factor")
    /// A sum behind a factor does not fit 64-bit minor units (or thousandths, for ratings).
    public static let factorOutOfRange = Code(rawValue: "factor_out_of_range")
    /// A rating is not on the scale that the model declares.
    public static let ratingOffScale = Code(rawValue: "rating_off_scale")
    /// A score is not a finite number.
    public static let scoreOutOfRange = Code(rawValue: "score_out_of_range")
    /// A weight is negative or not finite, or all weights of a score that is asked for are 0.
    public static let invalidWeights = Code(rawValue: "invalid_weights")
    /// A model was asked for no score, or for one that it does not compute.
    public static let scoreNotComputed = Code(rawValue: "score_not_computed")
    /// A window that ends before it starts, or has no days.
    public static let invalidWindow = Code(rawValue: "invalid_window")
    /// A currency with a number of decimals that is not supported.
    public static let invalidMinorDigits = Code(rawValue: "invalid_minor_digits")
    /// A customer handed to a block that does not hold its ordinal, or not in ascending order.
    public static let ordinalOutOfOrder = Code(rawValue: "ordinal_out_of_order")
    /// A file of exchange rates that cannot be read, or contradicts itself.
    public static let invalidRates = Code(rawValue: "invalid_rates")
    /// A composite model whose factors, weights, ranges or quantiles do not make sense.
    public static let invalidComposite = Code(rawValue: "invalid_composite")
    /// A population without a single value of a factor that has to be normalized.
    public static let noReference = Code(rawValue: "no_reference")
    /// A model that could not be fitted: too few customers, or nobody who bought twice.
    public static let notFitted = Code(rawValue: "not_fitted")
    /// A table of segments that cannot be read.
    public static let invalidSegments = Code(rawValue: "invalid_segments")
    /// Columns of different lengths, or a number of bins, clusters or neighbours below 1.
    public static let invalidShape = Code(rawValue: "invalid_shape")
    /// Blocks that do not make one run: the same ordinals twice, or blocks of different models.
    public static let blocksDisagree = Code(rawValue: "blocks_disagree")
  }

  /// The kind of this error.
  public let code: Code
  /// The factor concerned, where there is one.
  public let factor: Factor?

  /// The factor of a composite concerned, where there is one; recency is no `Factor`.
  public let compositeFactor: CompositeFactor?
  /// Where in a text the fault is, where it is one of a text.
  public let place: Place?

  /// A place in a text.
  public struct Place: Hashable, Sendable {
    /// The line, from 1.
    public let line: Int
    /// The field of the line, where one is concerned.
    public let field: String?
  }

  /// Equal by code and factor, wherever the fault is.
  public static func == (left: ScoringError, right: ScoringError) -> Bool {
    left.code == right.code && left.factor == right.factor && left.compositeFactor == right.compositeFactor
  }

  /// Hashes code and factor.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(code)
    hasher.combine(compositeFactor)
  }

  /// An error of this kind about a line of a text.
  init(_ code: Code, line: Int, field: String? = nil) {
    (self.code, factor, compositeFactor) = (code, nil, nil)
    place = Place(line: line, field: field)
  }

  /// An error of this kind about this factor.
  public init(_ code: Code, factor: Factor? = nil) {
    self.code = code
    self.factor = factor
    compositeFactor = factor.flatMap { CompositeFactor(rawValue: $0.rawValue) }
    place = nil
  }

  /// An error of this kind about this factor of a composite.
  public init(_ code: Code, compositeFactor: CompositeFactor) {
    self.code = code
    factor = compositeFactor.factor
    self.compositeFactor = compositeFactor
    place = nil
  }
}

extension ScoringError: CustomStringConvertible {
  /// The fault in a few words, and what to do about it.
  public var description: String {
    let name = compositeFactor.map { " (\($0.rawValue))" } ?? ""
    let place = place.map { "line \($0.line)" + ($0.field.map { ", \($0)" } ?? "") + ": " } ?? ""
    return place + words(name)
  }

  private func words(_ name: String) -> String {
    switch code {
    case .missingFactor: "a factor that the score needs is missing\(name); ask for the other scores"
    case .factorOutOfRange: "the sum behind a factor is too large\(name); check the imported amounts"
    case .ratingOffScale: "a rating is not on the declared scale\(name); correct the scale or the rating"
    case .scoreOutOfRange: "the score is not a finite number; check the imported factors and the weights"
    case .invalidWeights:
      "weights must be finite, not negative, and not all 0 for a score\(name); correct the weights"
    case .scoreNotComputed: "the model does not compute this score; choose one that it computes"
    case .invalidWindow: "the window ends before it starts; move its first day"
    case .invalidMinorDigits: "a currency has 0 to \(HistoryAccumulator.maximumMinorDigits) decimals"
    case .ordinalOutOfOrder: "customers must come in ascending order and within their block"
    case .invalidRates:
      "exchange rates are lines of day,currency,rate with one rate above 0 a day; correct the file"
    case .invalidComposite:
      "the composite's factors, weights or ranges do not make sense\(name); correct the model file"
    case .noReference: "nobody in the reference population has the factor\(name); leave it out"
    case .notFitted:
      "too few customers bought twice to fit the model; choose a later --as-of, or another model"
    case .invalidSegments:
      "segments are lines of name,recency,frequency,monetary with bins such as 4-5; correct the table"
    case .invalidShape: "columns must have one length, and numbers of bins and clusters be at least 1"
    case .blocksDisagree: "the blocks are not of one run; score again"
    default: code.rawValue
    }
  }
}
