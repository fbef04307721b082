/// SplitMix64 (Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014): the same seed gives
/// the same files on every machine. For made-up data only, never for keys.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// A stream of its own for each (seed, stream), so that leaving out one file changes no other.
  init(seed: UInt64, stream: UInt64) {
    state = Self.mixed(seed &+ Self.mixed(stream &+ 1))
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    return Self.mixed(state)
  }

  /// SplitMix64's finalizer: a bijection of 64 bits, so that distinct numbers give distinct results.
  static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number in `0..<bound`, by one multiplication: its bias, below 2^-32 here, does not matter for sample data.
  mutating func below(_ bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// True in `percent` of 100 cases.
  mutating func chance(percent: Int) -> Bool { below(100) < percent }

  /// One of the elements.
  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// An amount with a Pareto-like tail (index about 1.3), in integers, so that no mathematical library has a
  /// say in it: the range doubles with a chance of 40 %.
  mutating func heavyTailed(from smallest: Int, doublings: Int) -> Int {
    var scale = smallest
    for _ in 0..<doublings where chance(percent: 40) { scale *= 2 }
    return scale + below(scale)
  }

  /// An index in `0..<count`: a few come up often, most seldom (the product of three uniform numbers).
  mutating func skewedIndex(below count: Int) -> Int {
    let product = next().multipliedFullWidth(by: next()).high.multipliedFullWidth(by: next()).high
    return Int(product.multipliedFullWidth(by: UInt64(count)).high)
  }
}
