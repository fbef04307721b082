/// What the process reports to its caller: the exit codes of `sysexits.h`, and 1.
///
/// Scripts rely on them: a case is never renumbered.
enum ExitCode: Int32, Sendable, CaseIterable {
  /// Done.
  case done = 0
  /// Only for `audit flags`: there are open flags.
  case openFlags = 1
  /// The command line is wrong.
  case usage = 64
  /// The input is wrong.
  case badInput = 65
  /// No such vault, file or customer.
  case missing = 66
  /// Storage or server cannot be reached.
  case unavailable = 69
  /// A bug in crmvault.
  case bug = 70
  /// It already exists.
  case exists = 73
  /// The operating system refused to read or write; a full disk.
  case inputOutput = 74
  /// Busy: try again.
  case busy = 75
  /// Tampered with, rolled back, or does not verify.
  case integrity = 76
  /// Role, purpose, consent, approval or passphrase do not permit it.
  case notPermitted = 77
  /// The configuration does not allow to go on.
  case configuration = 78
}
