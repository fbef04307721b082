internal import Glibc

/// Plain decimal numbers, read exactly: an optional minus, digits, and an optional part after the point.
///
/// No plus sign, no exponent, no grouping, no spaces, no digits but ASCII's, at most 64 bytes.
package enum DecimalText {
  static let longest = 64

  /// The value times 10 to the power of `exponent`, exactly.
  ///
  /// Decimals beyond the exponent are accepted only where they are zeros, which say nothing.
  package static func scaled(
    _ text: Span<UInt8>, exponent: Int, point: UInt8 = UInt8(ascii: ".")
  ) throws(RejectionCode) -> Int64 {
    let count = text.count
    guard count > 0, count <= longest else { throw .invalidNumber }
    let isNegative = text[0] == UInt8(ascii: "-")
    var index = isNegative ? 1 : 0
    var value: Int64 = 0
    var overflow = false

    let firstDigit = index
    while index < count, text[index].isDigit {
      value = push(text[index], onto: value, &overflow)
      index += 1
    }
    guard index > firstDigit else { throw .invalidNumber }

    var decimals = 0
    var hasExcess = false
    if index < count {
      guard text[index] == point, index + 1 < count else { throw .invalidNumber }
      index += 1
      while index < count {
        let byte = text[index]
        guard byte.isDigit else { throw .invalidNumber }
        if decimals < exponent {
          value = push(byte, onto: value, &overflow)
          decimals += 1
        } else if byte != UInt8(ascii: "0") {
          hasExcess = true
        }
        index += 1
      }
    }
    guard !hasExcess else { throw .tooManyDecimals }
    while decimals < exponent {
      value = push(UInt8(ascii: "0"), onto: value, &overflow)
      decimals += 1
    }
    guard !overflow else { throw .outOfRange }
    return isNegative ? -value : value
  }

  private static func push(_ digit: UInt8, onto value: Int64, _ overflow: inout Bool) -> Int64 {
    let (product, first) = value.multipliedReportingOverflow(by: 10)
    let (sum, second) = product.addingReportingOverflow(Int64(digit &- UInt8(ascii: "0")))
    overflow = overflow || first || second
    return sum
  }

  /// The nearest `Double`, correctly rounded. Here an exponent is allowed: programs write factors so.
  static func double(_ text: Span<UInt8>, point: UInt8 = UInt8(ascii: ".")) throws(RejectionCode) -> Double {
    let count = text.count
    guard count > 0, count <= longest else { throw .invalidNumber }
    try checkGrammar(text, point: point)
    // strtod rounds correctly (glibc), wants a zero at the end, and takes the point of the C locale, which
    // holds because nothing in this program calls setlocale.
    let value = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: longest + 1) {
      copy -> Double in
      guard let base = copy.baseAddress else { return .nan }
      for index in 0..<count {
        let byte = text[index] == point ? UInt8(ascii: ".") : text[index]
        unsafe base[index] = CChar(bitPattern: byte)
      }
      unsafe base[count] = 0
      let value = unsafe strtod(base, nil)
      unsafe explicit_bzero(base, longest + 1)
      return value
    }
    guard value.isFinite else { throw .outOfRange }
    return value
  }

  private static func checkGrammar(_ text: Span<UInt8>, point: UInt8) throws(RejectionCode) {
    var index = text[0] == UInt8(ascii: "-") ? 1 : 0
    func digits(from start: Int) -> Int {
      var end = start
      while end < text.count, text[end].isDigit { end += 1 }
      return end
    }
    func need(_ end: Int) throws(RejectionCode) {
      guard end > index else { throw .invalidNumber }
      index = end
    }
    try need(digits(from: index))
    if index < text.count, text[index] == point {
      index += 1
      try need(digits(from: index))
    }
    if index < text.count, text[index] | 0x20 == UInt8(ascii: "e") {
      index += 1
      if index < text.count, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-") {
        index += 1
      }
      try need(digits(from: index))
    }
    guard index == text.count else { throw .invalidNumber }
  }
}
