/// How often numbers lie between round borders: 1, 2 and 5 times powers of ten, on either side of 0.
///
/// Borders are never a value that was chosen from the data, and neighbouring bins are put together until each has at least
/// so many customers, so that no bin speaks of a few.
public struct Histogram: Hashable, Sendable {
  /// Numbers above a border and up to the next.
  public struct Bin: Hashable, Sendable {
    /// The lower border, not included; nil for none.
    public let lower: Double?
    /// The upper border, included; nil for none.
    public let upper: Double?
    /// How many numbers.
    public let count: Int
  }

  /// The bins in ascending order; none where there are too few numbers for one.
  public let bins: [Bin]

  /// The bins of numbers. Those that are not finite are passed over.
  ///
  /// - Parameters:
  ///   - borders: ascending; by default 1-2-5.
  ///   - least: the fewest numbers of a bin.
  public init(_ values: [Double], borders: [Double] = Histogram.roundBorders, atLeast least: Int = 5) {
    var counts = [Int](repeating: 0, count: borders.count + 1)
    for value in values where value.isFinite { counts[below(value, borders)] += 1 }
    var bins: [Bin] = []
    var (start, sum) = (0, 0)
    for index in counts.indices {
      sum += counts[index]
      guard sum >= max(1, least) else { continue }
      bins.append(
        Bin(
          lower: start == 0 ? nil : borders[start - 1], upper: index < borders.count ? borders[index] : nil,
          count: sum))
      (start, sum) = (index + 1, 0)
    }
    // What is left over goes to the last bin, which then has no upper border.
    if let last = bins.popLast() { bins.append(Bin(lower: last.lower, upper: nil, count: last.count + sum)) }
    self.bins = bins
  }

  /// 0, and 1, 2 and 5 times the powers of ten from 1 to 10⁹, on either side.
  public static let roundBorders: [Double] = {
    var borders: [Double] = []
    var power = 1.0
    while power <= 1e9 {
      borders += [power, 2 * power, 5 * power]
      power *= 10
    }
    return borders.reversed().map { -$0 } + [0] + borders
  }()

  /// Tenths from 0.1 to 0.9, for what is in 0...1.
  public static let tenths: [Double] = (1...9).map { Double($0) / 10 }

  /// Halves from 0 to 10, for ratings.
  public static let halves: [Double] = (0...20).map { Double($0) / 2 }
}
