/// Fair coins. What draws from it takes so many at a time as it says, so that a test can enumerate all of them.
public protocol BitSource {
  /// The next bits, 1 to 64, as a number.
  mutating func bits(_ count: Int) -> UInt64
}

/// The bits of a random number generator: the system's, outside tests.
public struct RandomBits<Generator: RandomNumberGenerator>: BitSource {
  private var generator: Generator

  /// Bits of a generator.
  public init(_ generator: Generator) {
    self.generator = generator
  }

  /// The next bits.
  public mutating func bits(_ count: Int) -> UInt64 {
    precondition((1...64).contains(count))
    return generator.next() >> UInt64(64 - count)
  }
}

extension BitSource {
  /// A whole number below a limit, each as likely as the others, by rejection: no remainder, which would favour
  /// small numbers.
  mutating func uniform(below limit: Natural) -> Natural {
    precondition(!limit.isZero)
    guard let last = limit.subtracting(Natural(1 as UInt64)), !last.isZero else {
      return Natural(0 as UInt64)
    }
    let width = last.bitWidth
    if let small = limit.small {
      while true {
        let candidate = bits(width)
        if candidate < small { return Natural(candidate) }
      }
    }
    while true {
      var words: [UInt64] = []
      var rest = width
      while rest > 0 {
        words.append(bits(min(64, rest)))
        rest -= 64
      }
      let candidate = Natural(words: words)
      if candidate < limit { return candidate }
    }
  }
}
