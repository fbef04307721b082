/// The log-likelihood of Gamma-Gamma over customers with repeats, with first and second derivatives.
///
///     ln L = ln Γ(px+q) - ln Γ(px) - ln Γ(q) + q ln v + (px-1) ln m + px ln x - (px+q) ln(xm+v)
///
/// (Fader, Hardie 2013, equation 1a.) What depends on the count is evaluated once for each distinct count, and
/// equal rows once.
struct SpendLikelihood: LogLikelihood {
  /// Customers who are equal in x and m.
  private struct Group {
    let count: Int
    /// x m.
    let total: Double
    let customers: Double
  }

  private let counts: [Double]
  private let customersByCount: [Double]
  /// Σ ln m by count.
  private let logsByCount: [Double]
  private let groups: [Group]
  /// How many customers there are.
  let customers: Double
  /// The mean of the customers' means.
  let meanSpend: Double
  /// Pearson's correlation of count and mean; nil where one does not vary.
  let correlation: Double?

  var dimension: Int { 3 }

  init(_ statistics: [SufficientStatistics]) {
    var rows: [(x: Int, m: Double)] = []
    for row in statistics {
      if let mean = row.meanSpend, mean > 0, row.repeats > 0 { rows.append((row.repeats, mean)) }
    }
    rows.sort { ($0.x, $0.m) < ($1.x, $1.m) }
    var counts: [Double] = []
    var (byCount, logs): ([Double], [CompensatedSum]) = ([], [])
    var groups: [Group] = []
    var (sum, index) = (CompensatedSum(), 0)
    while index < rows.count {
      let row = rows[index]
      let start = index
      while index < rows.count, rows[index] == row { index += 1 }
      let number = Double(index - start)
      if counts.last != Double(row.x) {
        counts.append(Double(row.x))
        byCount.append(0)
        logs.append(CompensatedSum())
      }
      byCount[counts.count - 1] += number
      logs[counts.count - 1] += number * logarithm(row.m)
      groups.append(Group(count: counts.count - 1, total: Double(row.x) * row.m, customers: number))
      sum += number * row.m
    }
    self.counts = counts
    customersByCount = byCount
    logsByCount = logs.map(\.value)
    self.groups = groups
    customers = Double(rows.count)
    meanSpend = rows.isEmpty ? 0 : sum.value / customers
    correlation = pearson(rows.map { Double($0.x) }, rows.map(\.m))
  }

  func derivatives(at parameters: SIMD4<Double>, order: DerivativeOrder) -> Derivatives {
    let (p, q, v) = (parameters[0], parameters[1], parameters[2])
    let (atQ, logV) = (LogGamma(q), logarithm(v))
    var value = CompensatedSum()
    var result = Derivatives(value: 0, gradient: .zero)
    for (index, x) in counts.enumerated() {
      let number = customersByCount[index]
      let (upper, lower, logX) = (LogGamma(p * x + q), LogGamma(p * x), logarithm(x))
      value +=
        number * (upper.value - lower.value - atQ.value + q * logV + p * x * logX)
        + (p * x - 1) * logsByCount[index]
      result.gradient += SIMD4(
        x * (number * (upper.first - lower.first + logX) + logsByCount[index]),
        number * (upper.first - atQ.first + logV), number * q / v, 0)
      guard order == .second else { continue }
      result.hessian[0, 0] += number * x * x * (upper.second - lower.second)
      result.hessian[0, 1] += number * x * upper.second
      result.hessian[1, 1] += number * (upper.second - atQ.second)
      result.hessian[1, 2] += number / v
      result.hessian[2, 2] -= number * q / (v * v)
    }
    for group in groups {
      let x = counts[group.count]
      let (shape, inverse) = (p * x + q, 1 / (group.total + v))
      let log = logarithm(group.total + v)
      value += -group.customers * shape * log
      result.gradient -= group.customers * SIMD4(x * log, log, shape * inverse, 0)
      guard order == .second else { continue }
      result.hessian[0, 2] -= group.customers * x * inverse
      result.hessian[1, 2] -= group.customers * inverse
      result.hessian[2, 2] += group.customers * shape * inverse * inverse
    }
    result.value = value.value
    for (row, column) in [(1, 0), (2, 0), (2, 1)] {
      result.hessian[row, column] = result.hessian[column, row]
    }
    return result
  }
}
