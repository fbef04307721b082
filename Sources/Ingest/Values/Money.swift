/// Amounts of money: decimal text in major units to whole minor units, exactly.
public enum Money {
  /// Reads an amount such as `12.34` or `-5`.
  ///
  /// - Parameters:
  ///   - text: an optional minus, digits, and an optional point with digits.
  ///   - currency: decides how many decimals there are; more are refused unless they are zeros.
  ///   - decimalComma: whether the file writes a comma for the point.
  /// - Returns: minor units: cents, fen, yen.
  public static func minorUnits(
    _ text: Span<UInt8>, in currency: CurrencyCode, decimalComma: Bool = false
  ) throws(RejectionCode) -> Int64 {
    try DecimalText.scaled(
      text, exponent: Int(currency.exponent),
      point: decimalComma ? UInt8(ascii: ",") : UInt8(ascii: "."))
  }
}
