/// The quantile of a sorted column by linear interpolation between order statistics, type 7 of Hyndman and Fan, "Sample
/// Quantiles in Statistical Packages" (1996): the default of R, of NumPy and of spreadsheets.
///
/// - Parameters:
///   - sorted: ascending, not empty.
///   - probability: 0 to 1.
func quantile(_ sorted: [Double], _ probability: Double) -> Double {
  let place = Double(sorted.count - 1) * probability
  let below = min(sorted.count - 1, max(0, Int(place)))
  let above = min(sorted.count - 1, below + 1)
  let part = place - Double(below)
  // As R writes it: exact where two neighbours are equal.
  return part == 0 ? sorted[below] : (1 - part) * sorted[below] + part * sorted[above]
}

/// The breaks between so many bins of equal probability: one fewer than there are bins.
func quantileBreaks(_ sorted: [Double], bins: Int) -> [Double] {
  (1..<max(1, bins)).map { quantile(sorted, Double($0) / Double(bins)) }
}

/// The bin of a value, from 1: one more than the breaks that are below it, so that bins are closed on the right and
/// equal values are never split.
@inline(__always)
func rightClosedBin(_ value: Double, _ breaks: [Double]) -> Int { below(value, breaks) + 1 }

/// How many numbers of a sorted column are below a value, by binary search.
@inline(__always)
func below(_ value: Double, _ sorted: [Double]) -> Int {
  var (low, high) = (0, sorted.count)
  while low < high {
    let middle = (low + high) / 2
    if sorted[middle] < value { low = middle + 1 } else { high = middle }
  }
  return low
}

/// How many numbers of a sorted column are at most a value.
@inline(__always)
func atMost(_ value: Double, _ sorted: [Double]) -> Int {
  var (low, high) = (0, sorted.count)
  while low < high {
    let middle = (low + high) / 2
    if sorted[middle] <= value { low = middle + 1 } else { high = middle }
  }
  return low
}
