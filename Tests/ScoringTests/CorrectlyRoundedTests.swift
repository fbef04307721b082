import Testing

@testable import Scoring

@Suite struct CorrectlyRoundedTests {
  // Expected: float(fractions.Fraction(n, d)) of Python. In many of them n rounds before the division.
  @Test(
    arguments: [
      (9_007_199_254_740_993, 10, 900719925474099.2),
      (9_223_372_036_854_775_807, 1_000_000_000_000_000, 9223.372036854777),
      (-9_223_372_036_854_775_808, 100, -9.223372036854776e+16),
      (9_223_372_036_854_775_807, 1, 9.223372036854776e+18),
      (9_223_372_036_854_775_807, 3, 3.0744573456182584e+18),
      (9_007_199_254_740_993, 1, 9007199254740992.0),
      (9_007_199_254_740_995, 1, 9007199254740996.0),
      (-9_007_199_254_740_993, 1000, -9007199254740.992),
      (9_223_372_036_854_775_807, 9_007_199_254_740_992, 1024.0),
      (9_007_199_254_740_993, 9_007_199_254_740_992, 1.0),
      (8_460_801_418_865_705_650, 7000, 1208685916980815.0),
      (3_600_932_435_732_632_902, 100, 3.600932435732633e+16),
      (1_940_901_343_197_410_227, 7000, 277271620456772.88),
      (8_864_616_645_065_819_674, 100, 8.864616645065819e+16),
      (3_737_961_976_082_079_035, 10, 3.737961976082079e+17),
      (3_151_783_947_732_462_325, 1_000_000_000_000_000, 3151.7839477324624),
      (3_180_305_946_732_513_024, 7000, 454329420961787.56),
      (7_403_056_509_155_830_521, 10000, 740305650915583.0),
      (1_311_369_571_046_317_118, 10000, 131136957104631.72),
      (8202, 100, 82.02), (0, 100, 0), (-1, 3, -0.3333333333333333), (5, 10, 0.5),
    ] as [(Int64, UInt64, Double)])
  func `a quotient is rounded once`(numerator: Int64, denominator: UInt64, expected: Double) {
    #expect(correctlyRounded(numerator, over: denominator).bitPattern == expected.bitPattern)
  }

  @Test func `no double is nearer to the quotient`() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<2000 {
      let numerator = Int64.random(in: (1 << 53)...Int64.max, using: &random)
      let denominator = UInt64.random(in: 1...1000, using: &random)
      let result = correctlyRounded(numerator, over: denominator)
      let error = distance(numerator, denominator, result)
      #expect(error <= distance(numerator, denominator, result.nextUp))
      #expect(error <= distance(numerator, denominator, result.nextDown))
    }
  }

  /// |numerator - denominator · value| in units of 2^-20, exact: these values are multiples of 2^-20.
  private func distance(_ numerator: Int64, _ denominator: UInt64, _ value: Double) -> Int128 {
    let difference = Int128(numerator) << 20 - Int128(denominator) * Int128(value * 0x1p20)
    return difference.magnitude > Int128.max.magnitude ? .max : Int128(difference.magnitude)
  }

  @Test func `a parsed decimal and the quotient are the same double`() throws {
    var random = SeededGenerator(seed: 12)
    for _ in 0..<2000 {
      let minor = Int64.random(in: 0...Int64.max >> Int64.random(in: 0...62, using: &random), using: &random)
      let digits = String(minor)
      let padded = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
      let text = padded.dropLast(2) + "." + padded.suffix(2)
      #expect(correctlyRounded(minor, over: 100) == (try #require(Double(text))))
    }
  }
}
