@testable import Anonymization
import Testing

@Suite struct NaturalTests {
  private func random(_ words: Int, _ generator: inout SeededGenerator) -> Natural {
    Natural(words: (0..<words).map { _ in Bool.random(using: &generator) ? generator.next() : .max })
  }

  @Test func `quotient times divisor plus remainder is the dividend`() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<4000 {
      let dividend = random(Int.random(in: 1...6, using: &generator), &generator)
      let divisor = random(Int.random(in: 1...4, using: &generator), &generator)
      guard !divisor.isZero else { continue }
      let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
      #expect(remainder < divisor)
      #expect(quotient * divisor + remainder == dividend)
    }
  }

  @Test func `sums, differences and products agree with the standard library's 128 bits`() throws {
    var generator = SeededGenerator(seed: 2)
    func natural(_ value: UInt128) -> Natural {
      Natural(words: [UInt64(truncatingIfNeeded: value), UInt64(truncatingIfNeeded: value >> 64)])
    }
    for _ in 0..<2000 {
      let a = UInt128(generator.next()) << UInt128(Int.random(in: 0...62, using: &generator))
      let b = UInt128(generator.next())
      #expect(natural(a) + natural(b) == natural(a + b))
      #expect(natural(max(a, b)).subtracting(natural(min(a, b))) == natural(max(a, b) - min(a, b)))
      #expect(
        natural(UInt128(UInt64(truncatingIfNeeded: a))) * natural(b)
          == natural(UInt128(UInt64(truncatingIfNeeded: a)) * b))
      #expect((natural(a) < natural(b)) == (a < b))
    }
    #expect(Natural(3 as UInt64).subtracting(Natural(4 as UInt64)) == nil)
  }

  @Test func `decimal digits go in and come out`() throws {
    for digits in [
      "0", "7", "18446744073709551616", "340282366920938463463374607431768211457",
      "10000000000000000000", "100000000000000000000000000000000000000000",
    ] {
      #expect(Natural(digits: digits)?.description == digits)
    }
    for text in ["", "-1", "1e3", "0x1", " 1", "١"] { #expect(Natural(digits: text) == nil) }
  }

  @Test func `the square root is the greatest whose square is not above`() throws {
    var generator = SeededGenerator(seed: 3)
    for words in 1...4 {
      for _ in 0..<200 {
        let number = random(words, &generator)
        let root = number.squareRoot
        let next = root + Natural(1 as UInt64)
        #expect(root * root <= number && number < next * next)
      }
    }
  }

  @Test func `rationals are read, reduced and compared exactly`() throws {
    #expect(try #require(Rational("0.1")) == Rational(1, over: 10))
    #expect(try #require(Rational("10/100")).description == "1/10")
    #expect(Rational(1, over: 3) + Rational(1, over: 6) == Rational(1, over: 2))
    #expect(Rational(1, over: 3).subtracting(Rational(1, over: 2)) == nil)
    #expect(Rational(7, over: 2).wholePart == Natural(3 as UInt64))
    for text in ["", "-1", "1/0", "1/-2", "1e-3", "one", "0.", ".5", "1/2/3", "∞", "nan"] {
      #expect(Rational(text) == nil)
    }
    // Ten tenths are one, which doubles do not say.
    #expect((0..<10).reduce(Rational.zero) { sum, _ in sum + Rational(1, over: 10) } == .one)
    #expect((Rational(1, over: 3).approximation - 1.0 / 3).magnitude < 1e-16)
  }

  @Test func `logarithm and exponential are those of the C library`() throws {
    for x in [1e-300, 1e-9, 0.1, 0.5, 0.9999999, 1, 1.0000001, 2, 10, 12345.678, 1e200] {
      let expected = Reference.log(x)
      let difference = (ElementaryFunctions.log(x) - expected).magnitude
      #expect(difference <= 4e-16 * max(1, expected.magnitude))
    }
    for x in [-740.0, -20, -1, -1e-9, 0, 1e-9, 0.3, 1, 10, 700] {
      let expected = Reference.exp(x)
      let difference = (ElementaryFunctions.exp(x) - expected).magnitude
      #expect(difference <= 4e-15 * expected + .leastNonzeroMagnitude)
    }
  }
}
