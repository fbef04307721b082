import Glibc

/// How many customers a transaction takes, so that it works for about a tenth of a second.
///
/// The processor's time counts, not the clock's: a commit waits for the disk for the same time whether it holds
/// much or little, so that smaller transactions on a slow disk would make an import slower and keep others waiting
/// longer in all.
struct ImportPace {
  /// Seconds of work that a transaction aims at.
  private static let target = 0.1
  private static let bounds = 256...20_000
  private(set) var customers = 256

  /// Runs one transaction and learns from what it took.
  mutating func measure<Result>(customers count: Int, _ body: () throws -> Result) rethrows -> Result {
    let start = Self.processorTime()
    let result = try body()
    let share = Self.target / max(Self.processorTime() - start, 0.001)
    let wanted = Int(Double(count) * min(share, 2))
    customers = min(max(wanted, Self.bounds.lowerBound), Self.bounds.upperBound)
    return result
  }

  /// Seconds that the process has used, whichever of its threads.
  private static func processorTime() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
