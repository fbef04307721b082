import Glibc

/// The clock that progress is measured with: only differences of its readings mean anything.
struct MonotonicClock: Sendable {
  /// The time since a moment that stays the same while the process runs.
  let now: @Sendable () -> Duration

  /// A clock that reads what the closure returns.
  init(now: @escaping @Sendable () -> Duration) {
    self.now = now
  }

  /// The machine's clock.
  static let system = MonotonicClock {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
