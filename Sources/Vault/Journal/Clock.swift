internal import Glibc
public import AuditLog

/// The one source of time, injected.
public protocol Clock: Sendable {
  /// The time of day, UTC.
  func now() -> LogTime
  /// Nanoseconds since boot, suspended time included: shows jumps of the time of day.
  func monotonic() -> UInt64
}

/// The machine's clocks.
public struct SystemClock: Clock {
  /// The machine's clocks.
  public init() {}

  /// The time of day.
  public func now() -> LogTime { LogTime(nanoseconds: Self.read(CLOCK_REALTIME)) }

  /// Nanoseconds since boot.
  public func monotonic() -> UInt64 { Self.read(CLOCK_BOOTTIME) }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
