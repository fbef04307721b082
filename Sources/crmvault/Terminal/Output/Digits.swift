import Sodium

/// Numbers as digits, written where they go and not by way of a `String`.
enum Digits {
  /// Appends an integer in decimal.
  static func append(_ value: some BinaryInteger, to bytes: inout WipedBytes) {
    append(money: value, decimals: 0, to: &bytes)
  }

  /// Appends an amount of money in major units: 12345 with two decimals as `123.45`.
  ///
  /// - Parameters:
  ///   - minorUnits: The amount in the currency's smallest unit.
  ///   - decimals: Digits after the point, by ISO 4217: 2 for CNY, 0 for JPY.
  static func append(money minorUnits: some BinaryInteger, decimals: Int, to bytes: inout WipedBytes) {
    let isNegative = minorUnits < 0
    let digits = max(count(minorUnits.magnitude), decimals + 1)
    let length = digits + (decimals > 0 ? 1 : 0) + (isNegative ? 1 : 0)
    bytes.append(count: length) { span in
      if isNegative { span[0] = UInt8(ascii: "-") }
      var rest = minorUnits.magnitude
      var place = length - 1
      for digit in 0..<digits {
        if digit == decimals, decimals > 0 {
          span[place] = UInt8(ascii: ".")
          place -= 1
        }
        let (quotient, last) = rest.quotientAndRemainder(dividingBy: 10)
        span[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: last)
        place -= 1
        rest = quotient
      }
    }
  }

  /// The amount as text, for sums that are nobody's.
  static func money(_ minorUnits: some BinaryInteger, decimals: Int) -> String {
    var bytes = WipedBytes()
    append(money: minorUnits, decimals: decimals, to: &bytes)
    return bytes.withBytes { span in
      var text = ""
      for index in span.indices { text.unicodeScalars.append(Unicode.Scalar(span[index])) }
      return text
    }
  }

  private static func count(_ magnitude: some BinaryInteger) -> Int {
    var digits = 1
    var rest = magnitude / 10
    while rest != 0 {
      digits += 1
      rest /= 10
    }
    return digits
  }
}
