internal import AuditLog

/// How many customers one user has touched today, against the user's own active days before.
///
/// Looks at one customer and bulk reads are counted apart. The baseline is a median: one wild day does not move it.
struct DailyVolume {
  /// One kind of touching.
  private struct Counter {
    var today: UInt64 = 0
    var before: [UInt64] = []

    /// Ends a day; a day without any is no active one.
    mutating func endDay(keeping days: Int) {
      if today > 0 { before.append(today) }
      if before.count > days { before.removeFirst(before.count - days) }
      today = 0
    }

    var median: UInt64 {
      let sorted = before.sorted()
      return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
    }
  }

  private var day: Int32?
  private var looks = Counter()
  private var bulk = Counter()

  /// Counts an entry; returns what to tell when the day is beyond the rules.
  mutating func add(_ entry: LogEntry, day: Int32, _ rules: ReviewRules) -> (isBulk: Bool, text: String)? {
    if self.day != day {
      looks.endDay(keeping: rules.volumeDays)
      bulk.endDay(keeping: rules.volumeDays)
      self.day = day
    }
    if let set = entry.what.set {
      // What an intent may touch is counted when its result says what it did.
      guard entry.what.phase != .intent else { return nil }
      bulk.today += set.count
      return Self.verdict(bulk, rules, isBulk: true)
    }
    guard entry.what.subject != nil else { return nil }
    looks.today += 1
    return Self.verdict(looks, rules, isBulk: false)
  }

  private static func verdict(_ counter: Counter, _ rules: ReviewRules, isBulk: Bool) -> (
    isBulk: Bool, text: String
  )? {
    let hasBaseline = counter.before.count >= max(rules.volumeHistory, 1)
    // The first bulk reads have nothing to be held against; that they have a ticket is another rule.
    guard hasBaseline || !isBulk, counter.today > UInt64(rules.volumeMinimum) else { return nil }
    let median = counter.median
    let what = isBulk ? "customers in bulk reads" : "looks at customers"
    guard hasBaseline else {
      return (
        isBulk,
        "\(counter.today) \(what) on one day, without a baseline of \(rules.volumeHistory) active days"
      )
    }
    guard counter.today > median * UInt64(rules.volumeFactor) else { return nil }
    return (isBulk, "\(counter.today) \(what) on one day; the median of the active days before is \(median)")
  }
}
