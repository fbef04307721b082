/// A decimal number, exactly: units of a power of ten.
///
/// An optional minus, digits, an optional point with digits; at most 18 digits in all.
public struct ScaledDecimal: Sendable, Equatable {
  /// The number times ten to the power of ``decimals``.
  let units: Int64
  /// How many digits stand behind the point.
  let decimals: Int

  /// Reads a decimal; nil for anything else.
  public init?(_ text: some StringProtocol) {
    var units: Int64 = 0
    var decimals = 0
    var digits = 0
    var isNegative = false
    var afterPoint = false
    for (index, byte) in text.utf8.enumerated() {
      switch byte {
      case UInt8(ascii: "-") where index == 0: isNegative = true
      case UInt8(ascii: ".") where !afterPoint && digits > 0: afterPoint = true
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        digits += 1
        guard digits <= 18 else { return nil }
        units = units * 10 + Int64(byte - UInt8(ascii: "0"))
        if afterPoint { decimals += 1 }
      default: return nil
      }
    }
    guard digits > 0, !afterPoint || decimals > 0 else { return nil }
    self.units = isNegative ? -units : units
    self.decimals = decimals
  }

  /// The number in units of a power of ten; nil where that has too many digits.
  func units(decimals wanted: Int) -> Int64? {
    var result = units
    for _ in decimals..<max(decimals, wanted) {
      let (product, overflow) = result.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      result = product
    }
    return wanted >= decimals ? result : nil
  }

  /// Writes units of a power of ten, without zeros behind the last digit that says something.
  static func text(units: Int64, decimals: Int) -> String {
    guard decimals > 0 else { return String(units) }
    var digits = String(units.magnitude)
    while digits.utf8.count <= decimals { digits = "0" + digits }
    var fraction = digits.suffix(decimals)
    let whole = digits.dropLast(decimals)
    while fraction.last == "0" { fraction.removeLast() }
    return (units < 0 ? "-" : "") + whole + (fraction.isEmpty ? "" : "." + fraction)
  }
}
