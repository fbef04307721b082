import CFloor
import Glibc

/// What a piece of work took.
struct Usage {
  /// CPU time of all threads, in seconds.
  var cpu: Double
  /// Time on the wall, in seconds.
  var wall: Double

  /// Measures a piece of work.
  static func of(_ body: () throws -> Void) rethrows -> Usage {
    let before = now()
    try body()
    let after = now()
    return Usage(cpu: after.cpu - before.cpu, wall: after.wall - before.wall)
  }

  private static func now() -> Usage {
    Usage(cpu: read(CLOCK_PROCESS_CPUTIME_ID), wall: read(CLOCK_MONOTONIC))
  }

  private static func read(_ clock: clockid_t) -> Double {
    var time = timespec()
    _ = unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// The most memory that the process has had, in MB, since it was last reset.
enum PeakMemory {
  /// Forgets the peak so far, and gives back what is free.
  static func reset() { memory_reset() }

  /// `VmHWM`.
  static func megabytes() -> Double { Double(memory_peak()) / 1024 }
}

/// Numbers as the benchmarks print them.
enum Text {
  /// With two decimals.
  static func number(_ number: Double) -> String {
    let hundredths = Int((number * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }
}
