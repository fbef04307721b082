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
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// The most memory that the process has had, in MB, since it was last reset.
enum PeakMemory {
  /// Forgets the peak so far, and gives back what is free.
  static func reset() {
    malloc_trim(0)
    guard let file = unsafe fopen("/proc/self/clear_refs", "w") else { return }
    unsafe fputs("5", file)
    unsafe fclose(file)
  }

  /// `VmHWM`.
  static func megabytes() -> Double {
    guard let file = unsafe fopen("/proc/self/status", "r") else { return 0 }
    defer { unsafe fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while unsafe fgets(&line, 256, file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix("VmHWM:") else { continue }
      return Double(text.filter { $0.isNumber }).map { $0 / 1024 } ?? 0
    }
    return 0
  }
}
