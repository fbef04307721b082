/// How the numbers of many customers moved between two runs.
public struct MovementSummary: Equatable, Sendable {
  /// Customers who have a number in both.
  public private(set) var both = 0
  /// Customers who have one only in the later.
  public private(set) var entered = 0
  /// Customers who had one only in the earlier.
  public private(set) var left = 0
  /// Customers whose number rose.
  public private(set) var up = 0
  /// Customers whose number fell.
  public private(set) var down = 0
  /// The mean change of those in both; nil where there is nobody.
  public private(set) var mean: Double?
  /// The least change, the quartiles (type 7) and the largest; nil where there is nobody.
  public private(set) var quartiles: [Double]?

  /// Customers whose number is the same.
  public var same: Int { both - up - down }

  /// The summary of these movements, the same in whatever order they come; numbers that are not finite count as none.
  public init(_ movements: some Sequence<(before: Double?, after: Double?)>) {
    var changes: [Double] = []
    for movement in movements {
      let before = movement.before.flatMap { $0.isFinite ? $0 : nil }
      let after = movement.after.flatMap { $0.isFinite ? $0 : nil }
      switch (before, after) {
      case (let before?, let after?):
        both += 1
        changes.append(after - before)
        if after > before { up += 1 } else if after < before { down += 1 }
      case (nil, .some): entered += 1
      case (.some, nil): left += 1
      case (nil, nil): break
      }
    }
    guard !changes.isEmpty else { return }
    changes.sort()
    var sum = CompensatedSum()
    for change in changes { sum += change }
    mean = sum.value / Double(changes.count)
    quartiles = [0, 0.25, 0.5, 0.75, 1].map { quantile(changes, $0) }
  }
}
