import Testing

@testable import Scoring

/// Bins with round borders that speak of nobody alone.
@Suite struct HistogramTests {
  @Test func `every number is in one bin, and no bin has fewer than five`() {
    var random = SeededGenerator(seed: 8)
    for count in [5, 6, 23, 400] {
      let values = (0..<count).map { _ in Double.random(in: -300...90_000, using: &random) }
      let bins = Histogram(values).bins
      #expect(bins.reduce(0) { $0 + $1.count } == count && bins.allSatisfy { $0.count >= 5 })
      #expect(bins.first?.lower == nil && bins.last?.upper == nil)
      for bin in bins {
        #expect(values.count { $0 > bin.lower ?? -.infinity && $0 <= bin.upper ?? .infinity } == bin.count)
      }
      #expect(zip(bins, bins.dropFirst()).allSatisfy { $0.upper == $1.lower && $0.upper != nil })
    }
  }

  @Test func `four numbers make no bin, and borders are not taken from the data`() {
    #expect(Histogram([1, 2, 3, 4]).bins.isEmpty && Histogram([]).bins.isEmpty)
    let bins = Histogram([0.11, 0.11, 0.11, 0.11, 0.11, 0.97], borders: Histogram.tenths).bins
    #expect(bins == [Histogram.Bin(lower: nil, upper: nil, count: 6)])
    #expect(Histogram(Array(repeating: Double.nan, count: 9)).bins.isEmpty)
    #expect(Histogram.roundBorders == Histogram.roundBorders.sorted())
  }
}
