/// An imported row of factors with what says which of several is the latest.
struct FactorsRow: Sendable {
  /// The local day, nil for a row older than every dated one.
  let day: LocalDay?
  /// Which of several rows of one day is later.
  let sequence: UInt64
  let factors: Factors

  static func < (left: FactorsRow, right: FactorsRow) -> Bool {
    switch (left.day, right.day) {
    case (nil, .some): return true
    case (.some, nil): return false
    case (let mine?, let theirs?) where mine != theirs: return mine < theirs
    default: break
    }
    if left.sequence != right.sequence { return left.sequence < right.sequence }
    return Factors.precedes(left.factors, right.factors)
  }
}
