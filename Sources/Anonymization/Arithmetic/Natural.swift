/// A whole number from 0, of any size.
///
/// Small ones live in one word, without memory of their own. Written here, because this target imports nothing
/// (`docs/decisions/0024`).
public struct Natural: Sendable, Hashable {
  /// The lowest word.
  private(set) var low: UInt64
  /// The words above, the highest of them not 0.
  private(set) var high: [UInt64]

  /// A small number.
  public init(_ value: UInt64) {
    low = value
    high = []
  }

  /// A number that is not negative.
  public init(_ value: Int) {
    precondition(value >= 0, "a natural number is not negative")
    self.init(UInt64(value))
  }

  /// A number from its words, the lowest first.
  init(words: [UInt64]) {
    low = words.first ?? 0
    high = Array(words.dropFirst())
    while high.last == 0 { high.removeLast() }
  }

  /// Reads decimal digits, at most 1,000; nil for anything else.
  public init?(digits: some StringProtocol) {
    let bytes = digits.utf8
    guard !bytes.isEmpty, bytes.count <= 1000 else { return nil }
    var value = Natural(0 as UInt64)
    for byte in bytes {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value * Natural(10 as UInt64) + Natural(UInt64(byte - UInt8(ascii: "0")))
    }
    self = value
  }

  /// The words, the lowest first.
  var words: [UInt64] { [low] + high }
  /// Whether it is 0.
  public var isZero: Bool { low == 0 && high.isEmpty }
  /// The number, where it fits.
  public var small: UInt64? { high.isEmpty ? low : nil }

  /// How many bits it takes to write.
  public var bitWidth: Int {
    guard let top = high.last else { return UInt64.bitWidth - low.leadingZeroBitCount }
    return (high.count + 1) * UInt64.bitWidth - top.leadingZeroBitCount
  }
}

extension Natural: Comparable {
  /// By size.
  public static func < (left: Natural, right: Natural) -> Bool {
    if left.high.count != right.high.count { return left.high.count < right.high.count }
    for (a, b) in zip(left.high.reversed(), right.high.reversed()) where a != b { return a < b }
    return left.low < right.low
  }
}

extension Natural: CustomStringConvertible {
  /// Its decimal digits.
  public var description: String {
    guard !high.isEmpty else { return String(low) }
    let base = Natural(10_000_000_000_000_000_000 as UInt64)
    var rest = self
    var pieces: [String] = []
    while !rest.isZero {
      let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: base)
      let digits = String(remainder.low)
      pieces.append(
        quotient.isZero ? digits : String(repeating: "0", count: 19 - digits.utf8.count) + digits)
      rest = quotient
    }
    return pieces.reversed().joined()
  }
}

extension Natural {
  /// The sum.
  public static func + (left: Natural, right: Natural) -> Natural {
    let (sum, overflow) = left.low.addingReportingOverflow(right.low)
    if left.high.isEmpty, right.high.isEmpty { return overflow ? Natural(words: [sum, 1]) : Natural(sum) }
    let (a, b) = (left.words, right.words)
    var result: [UInt64] = []
    var carry: UInt64 = 0
    for index in 0..<max(a.count, b.count) {
      let (first, one) = (index < a.count ? a[index] : 0).addingReportingOverflow(
        index < b.count ? b[index] : 0)
      let (second, two) = first.addingReportingOverflow(carry)
      result.append(second)
      carry = one || two ? 1 : 0
    }
    if carry > 0 { result.append(carry) }
    return Natural(words: result)
  }

  /// The difference; nil where it would be negative.
  public func subtracting(_ other: Natural) -> Natural? {
    guard other <= self else { return nil }
    if high.isEmpty { return Natural(low - other.low) }
    let (a, b) = (words, other.words)
    var result: [UInt64] = []
    var borrow: UInt64 = 0
    for index in a.indices {
      let (first, one) = a[index].subtractingReportingOverflow(index < b.count ? b[index] : 0)
      let (second, two) = first.subtractingReportingOverflow(borrow)
      result.append(second)
      borrow = one || two ? 1 : 0
    }
    return Natural(words: result)
  }

  /// How far two numbers are apart.
  public func distance(to other: Natural) -> Natural {
    subtracting(other) ?? other.subtracting(self) ?? Natural(0 as UInt64)
  }

  /// The product.
  public static func * (left: Natural, right: Natural) -> Natural {
    if left.high.isEmpty, right.high.isEmpty {
      let (high, low) = left.low.multipliedFullWidth(by: right.low)
      return high == 0 ? Natural(low) : Natural(words: [low, high])
    }
    let (a, b) = (left.words, right.words)
    var result = [UInt64](repeating: 0, count: a.count + b.count)
    for (i, x) in a.enumerated() {
      var carry: UInt64 = 0
      for (j, y) in b.enumerated() {
        var (high, low) = x.multipliedFullWidth(by: y)
        let (first, one) = low.addingReportingOverflow(result[i + j])
        if one { high += 1 }
        let (second, two) = first.addingReportingOverflow(carry)
        if two { high += 1 }
        low = second
        result[i + j] = low
        carry = high
      }
      result[i + b.count] = carry
    }
    return Natural(words: result)
  }

  /// The whole part of the quotient, and what is left. The divisor is not 0.
  public func quotientAndRemainder(dividingBy divisor: Natural) -> (quotient: Natural, remainder: Natural) {
    precondition(!divisor.isZero, "a natural number is not divided by 0")
    if high.isEmpty, divisor.high.isEmpty {
      let (quotient, remainder) = low.quotientAndRemainder(dividingBy: divisor.low)
      return (Natural(quotient), Natural(remainder))
    }
    guard divisor <= self else { return (Natural(0 as UInt64), self) }
    return divisor.high.isEmpty ? divided(byWord: divisor.low) : divided(byLong: divisor)
  }

  private func divided(byWord divisor: UInt64) -> (quotient: Natural, remainder: Natural) {
    var result = words
    var remainder: UInt64 = 0
    for index in result.indices.reversed() {
      (result[index], remainder) = divisor.dividingFullWidth((remainder, result[index]))
    }
    return (Natural(words: result), Natural(remainder))
  }

  /// Knuth, "The Art of Computer Programming", volume 2, section 4.3.1, algorithm D.
  private func divided(byLong divisor: Natural) -> (quotient: Natural, remainder: Natural) {
    let shift = (divisor.high.last ?? 0).leadingZeroBitCount
    let v = divisor.shiftedLeft(shift).words
    var u = shiftedLeft(shift).words
    while u.count <= words.count { u.append(0) }
    let n = v.count
    var quotient = [UInt64](repeating: 0, count: u.count - n)
    for j in quotient.indices.reversed() {
      // The guess is right or up to two too large.
      var guess: UInt64
      var rest: UInt64
      var restOverflows = false
      if u[j + n] >= v[n - 1] {
        guess = .max
        (rest, restOverflows) = u[j + n - 1].addingReportingOverflow(v[n - 1])
        // Only equality can be: then the remainder of the guess is u + v.
      } else {
        (guess, rest) = v[n - 1].dividingFullWidth((u[j + n], u[j + n - 1]))
      }
      while !restOverflows {
        let product = guess.multipliedFullWidth(by: v[n - 2])
        guard product.high > rest || product.high == rest && product.low > u[j + n - 2] else { break }
        guess -= 1
        (rest, restOverflows) = rest.addingReportingOverflow(v[n - 1])
      }
      if Self.subtract(guess, times: v, from: &u, at: j) {
        guess -= 1
        Self.add(v, to: &u, at: j)
      }
      quotient[j] = guess
    }
    return (Natural(words: quotient), Natural(words: Array(u[..<n])).shiftedRight(shift))
  }

  /// Takes a multiple away; true where it was too much.
  private static func subtract(_ factor: UInt64, times v: [UInt64], from u: inout [UInt64], at j: Int) -> Bool
  {
    var carry: UInt64 = 0
    var borrow = false
    for index in 0...v.count {
      var product: (high: UInt64, low: UInt64) = (0, carry)
      if index < v.count {
        let full = factor.multipliedFullWidth(by: v[index])
        let (low, overflow) = full.low.addingReportingOverflow(carry)
        product = (full.high + (overflow ? 1 : 0), low)
      }
      let (first, one) = u[j + index].subtractingReportingOverflow(product.low)
      let (second, two) = first.subtractingReportingOverflow(borrow ? 1 : 0)
      u[j + index] = second
      borrow = one || two
      carry = product.high
    }
    return borrow
  }

  private static func add(_ v: [UInt64], to u: inout [UInt64], at j: Int) {
    var carry: UInt64 = 0
    for index in v.indices {
      let (first, one) = u[j + index].addingReportingOverflow(v[index])
      let (second, two) = first.addingReportingOverflow(carry)
      u[j + index] = second
      carry = one || two ? 1 : 0
    }
    u[j + v.count] = u[j + v.count] &+ carry
  }

  /// Times a power of two below 64.
  private func shiftedLeft(_ shift: Int) -> Natural {
    guard shift > 0 else { return self }
    var carry: UInt64 = 0
    var result = words.map { word in
      defer { carry = word >> (64 - UInt64(shift)) }
      return word << UInt64(shift) | carry
    }
    result.append(carry)
    return Natural(words: result)
  }

  private func shiftedRight(_ shift: Int) -> Natural {
    guard shift > 0 else { return self }
    let source = words
    return Natural(
      words: source.indices.map { index in
        source[index] >> UInt64(shift)
          | (index + 1 < source.count ? source[index + 1] << (64 - UInt64(shift)) : 0)
      })
  }

  /// The greatest common divisor, by Euclid.
  public static func greatestCommonDivisor(_ left: Natural, _ right: Natural) -> Natural {
    var (a, b) = (left, right)
    while !b.isZero { (a, b) = (b, a.quotientAndRemainder(dividingBy: b).remainder) }
    return a
  }

  /// The whole part of the square root, by Newton.
  public var squareRoot: Natural {
    guard !isZero else { return self }
    // A power of two that is not below the root.
    var root = Natural(
      words: [UInt64](repeating: 0, count: (bitWidth + 1) / 2 / 64) + [1 << UInt64((bitWidth + 1) / 2 % 64)])
    while true {
      let next = (root + quotientAndRemainder(dividingBy: root).quotient)
        .quotientAndRemainder(dividingBy: Natural(2 as UInt64)).quotient
      if next >= root { return root }
      root = next
    }
  }
}
