/// Pearson's correlation of two columns of one length, in two passes; nil where one does not vary.
func pearson(_ left: [Double], _ right: [Double]) -> Double? {
  precondition(left.count == right.count, "columns of one length")
  guard left.count > 1 else { return nil }
  let number = Double(left.count)
  var sums = (CompensatedSum(), CompensatedSum())
  for (x, y) in zip(left, right) {
    sums.0 += x
    sums.1 += y
  }
  let means = (sums.0.value / number, sums.1.value / number)
  var (xx, yy, xy) = (CompensatedSum(), CompensatedSum(), CompensatedSum())
  for (x, y) in zip(left, right) {
    let (dx, dy) = (x - means.0, y - means.1)
    xx += dx * dx
    yy += dy * dy
    xy += dx * dy
  }
  guard xx.value > 0, yy.value > 0 else { return nil }
  let correlation = xy.value / (xx.value.squareRoot() * yy.value.squareRoot())
  return correlation.isFinite ? min(1, max(-1, correlation)) : nil
}

/// The midranks of a column: 1 for the smallest, equal values sharing the mean of their ranks. Not-a-numbers are not
/// allowed.
func midranks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  var ranks = [Double](repeating: 0, count: values.count)
  var index = 0
  while index < order.count {
    let start = index
    while index < order.count, values[order[index]] == values[order[start]] { index += 1 }
    // Ranks start + 1 to index; their mean is exact.
    let rank = Double(start + 1 + index) / 2
    for place in start..<index { ranks[order[place]] = rank }
  }
  return ranks
}
