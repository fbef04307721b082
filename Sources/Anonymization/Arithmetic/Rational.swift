/// A fraction of natural numbers in lowest terms: budgets and the parameters of noise are exact.
public struct Rational: Sendable, Hashable {
  /// Above the line.
  public let numerator: Natural
  /// Below the line; not 0.
  public let denominator: Natural

  /// The number 0.
  public static let zero = Rational(0)
  /// The number 1.
  public static let one = Rational(1)

  /// A fraction; the denominator is not 0.
  public init(_ numerator: Natural, over denominator: Natural) {
    precondition(!denominator.isZero, "a fraction has no 0 below its line")
    let divisor = Natural.greatestCommonDivisor(numerator, denominator)
    if divisor == Natural(1 as UInt64) {
      self.numerator = numerator
      self.denominator = denominator
    } else {
      self.numerator = numerator.quotientAndRemainder(dividingBy: divisor).quotient
      self.denominator = denominator.quotientAndRemainder(dividingBy: divisor).quotient
    }
  }

  /// A whole number or a fraction of small ones, none of them negative.
  public init(_ numerator: Int, over denominator: Int = 1) {
    self.init(Natural(numerator), over: Natural(denominator))
  }

  /// Reads `7`, `1/10` or `0.1`; nil for anything else: a sign, an exponent, a 0 below the line.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count <= 200 else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 2 {
      guard let above = Natural(digits: parts[0]), let below = Natural(digits: parts[1]), !below.isZero else {
        return nil
      }
      self.init(above, over: below)
      return
    }
    let decimal = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(decimal.count), let whole = Natural(digits: decimal[0]) else { return nil }
    guard decimal.count == 2 else {
      self.init(whole, over: Natural(1 as UInt64))
      return
    }
    guard let fraction = Natural(digits: decimal[1]) else { return nil }
    var scale = Natural(1 as UInt64)
    for _ in decimal[1].utf8 { scale = scale * Natural(10 as UInt64) }
    self.init(whole * scale + fraction, over: scale)
  }

  /// Whether it is 0.
  public var isZero: Bool { numerator.isZero }

  /// The whole part.
  public var wholePart: Natural { numerator.quotientAndRemainder(dividingBy: denominator).quotient }

  /// The nearest double but for a few units in the last place; for reports, never for noise.
  public var approximation: Double {
    func scaled(_ number: Natural) -> (Double, Int) {
      let words = number.words.suffix(2)
      let value = words.reversed().reduce(0.0) { $0 * 0x1p64 + Double($1) }
      return (value, (number.words.count - words.count) * 64)
    }
    let (above, aboveShift) = scaled(numerator)
    let (below, belowShift) = scaled(denominator)
    return above / below * Double(sign: .plus, exponent: aboveShift - belowShift, significand: 1)
  }
}

extension Rational: Comparable {
  /// By size.
  public static func < (left: Rational, right: Rational) -> Bool {
    left.numerator * right.denominator < right.numerator * left.denominator
  }

  /// The sum.
  public static func + (left: Rational, right: Rational) -> Rational {
    Rational(
      left.numerator * right.denominator + right.numerator * left.denominator,
      over: left.denominator * right.denominator)
  }

  /// The product.
  public static func * (left: Rational, right: Rational) -> Rational {
    Rational(left.numerator * right.numerator, over: left.denominator * right.denominator)
  }

  /// The quotient; the divisor is not 0.
  public static func / (left: Rational, right: Rational) -> Rational {
    Rational(left.numerator * right.denominator, over: left.denominator * right.numerator)
  }

  /// The difference; nil where it would be negative.
  public func subtracting(_ other: Rational) -> Rational? {
    guard
      let difference = (numerator * other.denominator).subtracting(other.numerator * denominator)
    else { return nil }
    return Rational(difference, over: denominator * other.denominator)
  }
}

extension Rational: CustomStringConvertible {
  /// `7/10`, or `7` for a whole number.
  public var description: String {
    denominator == Natural(1 as UInt64) ? numerator.description : "\(numerator)/\(denominator)"
  }
}
