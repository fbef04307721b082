import CProcess
import Glibc

/// What the process does before anything else, so that its memory does not leave it.
///
/// Swift's handlers for crash signals print memory; a core file is memory; another process of the
/// same user may attach to a dumpable one. All three are turned off. ``report()`` reads back what
/// holds: it is for `crmvault doctor`.
enum ProcessHardening {
  /// The signals that a crash raises, with their names.
  static let crashSignals: [(number: Int32, name: String)] = [
    (SIGSEGV, "SIGSEGV"), (SIGBUS, "SIGBUS"), (SIGILL, "SIGILL"), (SIGABRT, "SIGABRT"),
    (SIGFPE, "SIGFPE"), (SIGTRAP, "SIGTRAP"), (SIGQUIT, "SIGQUIT"), (SIGSYS, "SIGSYS"),
  ]

  /// Hardens this process: call it in the first line of `main`.
  ///
  /// Nothing here fails loudly: what could not be done is in ``report()``.
  static func apply() {
    for signal in crashSignals {
      Glibc.signal(signal.number, SIG_DFL)
    }
    // A reader that goes away is an error of `write(2)`, told by an exit code.
    signal(SIGPIPE, SIG_IGN)
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    unsafe setrlimit(coreLimit, &none)
    _ = crmvault_make_undumpable()
    umask(0o077)
    openStandardFiles()
  }

  /// Reads back what holds now. Sets the umask, which cannot be read otherwise.
  static func report() -> HardeningReport {
    var limit = rlimit()
    let readable = unsafe getrlimit(coreLimit, &limit) == 0
    let handled = crashSignals.filter { !hasDefaultAction($0.number) }
    return HardeningReport(
      isDumpable: crmvault_is_dumpable() != 0,
      coreFileLimit: readable ? UInt64(limit.rlim_cur) : .max,
      mask: umask(0o077),
      handledCrashSignals: handled.map(\.name))
  }

  private static let coreLimit = __rlimit_resource_t(RLIMIT_CORE.rawValue)

  private static func hasDefaultAction(_ number: Int32) -> Bool {
    var action = sigaction()
    guard unsafe sigaction(number, nil, &action) == 0 else { return false }
    return unsafe action.__sigaction_handler.sa_handler == nil
  }

  /// A caller may start us with stdin, stdout or stderr closed: the next file we open would then
  /// be taken for one of them, and results written into it.
  private static func openStandardFiles() {
    for number: Int32 in 0...2 where fcntl(number, F_GETFD) == -1 && errno == EBADF {
      // The lowest free number is the one that was found closed.
      _ = unsafe open("/dev/null", number == 0 ? O_RDONLY : O_WRONLY)
    }
  }
}

/// How well the memory of this process is kept inside it.
struct HardeningReport: Sendable {
  /// Whether core dumps and debuggers are possible.
  let isDumpable: Bool
  /// The largest core file, in bytes.
  let coreFileLimit: UInt64
  /// The permission bits that new files do not get.
  let mask: mode_t
  /// Names of crash signals that something handles.
  let handledCrashSignals: [String]

  /// What could not be done, a sentence each; empty when all holds.
  var shortcomings: [String] {
    var found: [String] = []
    if isDumpable { found.append("the process can be dumped or traced by others of the same user") }
    if coreFileLimit != 0 { found.append("core files are possible, up to \(coreFileLimit) bytes") }
    if mask & 0o077 != 0o077 { found.append("new files may be readable by others") }
    if !handledCrashSignals.isEmpty {
      found.append("a crash may print memory: \(handledCrashSignals.joined(separator: ", ")) handled")
    }
    return found
  }
}
