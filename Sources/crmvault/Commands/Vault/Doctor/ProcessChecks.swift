import Glibc
import Sodium

/// What keeps keys and customer data inside this process.
enum ProcessChecks {
  /// Every check of the process and the machine.
  static func all(_ environment: Environment) -> [DoctorCheck] {
    [locking(Memory.lockStatus()), swap(), dumps(ProcessHardening.report()), age(in: environment)]
  }

  /// Whether files can be encrypted to a recipient.
  static func age(in environment: Environment) -> DoctorCheck {
    if let path = AgeProgram.find(in: environment) {
      return DoctorCheck("age", .ok, "\(path) encrypts what is handed out with --to")
    }
    return DoctorCheck(
      "age", .warn, "the program age is not there: nothing can be handed out with --to",
      hint: "install it: apt-get install age")
  }

  /// Whether key memory can be locked.
  static func locking(_ status: Memory.LockStatus) -> DoctorCheck {
    let limit = status.limit.map { "\($0 / 1024) KiB" } ?? "any number of bytes"
    guard status.isLocking else {
      return DoctorCheck(
        "memory_locking", .warn, "memory cannot be locked (limit \(limit)): keys may reach a swap area",
        hint: "raise the limit with ulimit -l")
    }
    guard status.limit ?? .max >= 1 << 20 else {
      return DoctorCheck(
        "memory_locking", .warn, "only \(limit) can be locked", hint: "raise the limit with ulimit -l")
    }
    return DoctorCheck("memory_locking", .ok, "keys are locked in memory, up to \(limit)")
  }

  /// Whether there is a swap area that memory could be written to.
  static func swap() -> DoctorCheck {
    guard let text = try? TextFile.read("/proc/swaps", limit: 1 << 16) else {
      return DoctorCheck("swap", .skip, "/proc/swaps cannot be read")
    }
    return swap(text)
  }

  /// Reads `/proc/swaps`: a headline, then a line for each area.
  static func swap(_ text: String) -> DoctorCheck {
    let areas = text.split(separator: "\n").dropFirst().compactMap {
      $0.split(separator: " ").first.map(String.init)
    }
    let onDisk = areas.filter { !$0.hasPrefix("/dev/zram") }
    guard onDisk.isEmpty else {
      return DoctorCheck(
        "swap", .warn,
        "there is swap on \(onDisk.joined(separator: ", ")): customer data may be written there",
        hint: "encrypt it, or turn it off with swapoff")
    }
    return DoctorCheck("swap", .ok, areas.isEmpty ? "there is no swap" : "swap stays in memory (zram)")
  }

  /// Whether a crash or a debugger could show memory.
  static func dumps(_ report: HardeningReport) -> DoctorCheck {
    let shortcomings = report.shortcomings
    return shortcomings.isEmpty
      ? DoctorCheck("core_dumps", .ok, "no core files, not dumpable, crashes print no memory")
      : DoctorCheck("core_dumps", .fail, shortcomings.joined(separator: "; "))
  }
}
