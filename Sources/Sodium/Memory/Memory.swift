import CSodium
import Glibc

/// What the system allows for keeping secrets in memory; `doctor` shows it.
public enum Memory {
  /// Whether pages can be locked, and how many bytes of them.
  public struct LockStatus: Equatable, Sendable {
    /// Whether one page could be locked just now. Where not, keys may reach the swap area; they are still
    /// guarded and wiped.
    public let isLocking: Bool
    /// How many bytes this process may lock (`RLIMIT_MEMLOCK`), or `nil` where there is no limit.
    public let limit: UInt64?
  }

  /// Locks a page for a moment to see whether it works, and reads the limit.
  public static func lockStatus() -> LockStatus {
    Library.start()
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let probe = UnsafeMutableRawPointer.allocate(byteCount: page, alignment: page)
    defer { unsafe probe.deallocate() }
    let isLocking = unsafe sodium_mlock(probe, page) == 0
    if isLocking { _ = unsafe sodium_munlock(probe, page) }

    var limits = rlimit()
    let isKnown = unsafe getrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &limits) == 0
    let isUnlimited = !isKnown || limits.rlim_cur == rlim_t.max
    return LockStatus(isLocking: isLocking, limit: isUnlimited ? nil : UInt64(limits.rlim_cur))
  }
}
