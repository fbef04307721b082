import Sodium

/// Numbers as digits, written where they go and not by way of a `String`.
enum Digits {
  /// Appends an integer in decimal.
  static func append(_ value: some BinaryInteger, to bytes: inout WipedBytes) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    appendMagnitude(value.magnitude, atLeast: 1, to: &bytes)
  }

  /// Appends an amount of money in major units: 12345 with two decimals as `123.45`.
  ///
  /// - Parameters:
  ///   - minorUnits: The amount in the currency's smallest unit.
  ///   - decimals: Digits after the point, by ISO 4217: 2 for CNY, 0 for JPY.
  static func append(money minorUnits: some BinaryInteger, decimals: Int, to bytes: inout WipedBytes) {
    if minorUnits < 0 { bytes.append(UInt8(ascii: "-")) }
    let mark = bytes.count
    appendMagnitude(minorUnits.magnitude, atLeast: decimals + 1, to: &bytes)
    guard decimals > 0 else { return }
    // Makes room for the point by moving the decimals one place.
    bytes.append(0)
    let end = bytes.count
    assert(end - mark > decimals)
    bytes.withMutableBytes { (span: inout MutableSpan<UInt8>) in
      for index in stride(from: end - 1, to: end - 1 - decimals, by: -1) { span[index] = span[index - 1] }
      span[end - 1 - decimals] = UInt8(ascii: ".")
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

  private static func appendMagnitude(
    _ magnitude: some BinaryInteger, atLeast count: Int, to bytes: inout WipedBytes
  ) {
    let start = bytes.count
    var rest = magnitude
    repeat {
      let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit))
      rest = quotient
    } while rest != 0
    while bytes.count - start < count { bytes.append(UInt8(ascii: "0")) }
    let end = bytes.count
    bytes.withMutableBytes { (span: inout MutableSpan<UInt8>) in
      var low = start
      var high = end - 1
      while low < high {
        span.swapAt(low, high)
        low += 1
        high -= 1
      }
    }
  }
}
