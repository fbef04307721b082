import Glibc

/// Why a command did not do what it was asked: a fault, and what to do about it.
///
/// Everything that leaves a command as an error becomes one of these, here at the edge, and is
/// shown in one way (``FailureReport``). No text in it is ever a value of a customer.
struct CommandFailure: Error, Sendable {
  /// A stable `snake_case` word for programs.
  let code: String
  /// What went wrong, and why: one line, without a final full stop.
  let message: String
  /// What to do next, each line one action.
  let hints: [String]
  /// What the process reports.
  let exit: ExitCode
  /// The request that would permit it, for `approval_required`.
  var request: String?
  /// True when nobody is left to read the fault: the reader of stdout went away.
  var isSilent = false

  /// The hints as one text, for the JSON form.
  var hint: String? { hints.isEmpty ? nil : hints.joined(separator: "; ") }

  /// A failure with any exit code.
  init(_ code: String, _ message: String, hints: [String] = [], exit: ExitCode) {
    self.code = code
    self.message = message
    self.hints = hints
    self.exit = exit
  }

  /// A failure with any exit code and one hint.
  init(_ code: String, _ message: String, hint: String, exit: ExitCode) {
    self.init(code, message, hints: [hint], exit: exit)
  }
}

/// An error of another module that knows how it is told at the command line.
///
/// The conformances of the errors of Vault, Ingest, AuditLog and Sodium live together in one file
/// of `Commands`, so that the map from faults to exit codes can be read in one place.
protocol CommandError: Error {
  /// The failure to show; it holds no value of a customer.
  var commandFailure: CommandFailure { get }
}

extension CommandFailure {
  /// The command line is wrong: exit 64.
  static func usage(_ code: String = "usage", _ message: String, hints: String...) -> CommandFailure {
    CommandFailure(code, message, hints: hints, exit: .usage)
  }

  /// The input is wrong: exit 65.
  static func badInput(_ code: String, _ message: String, hints: String...) -> CommandFailure {
    CommandFailure(code, message, hints: hints, exit: .badInput)
  }

  /// The configuration does not allow to go on: exit 78.
  static func configuration(_ code: String, _ message: String, hints: String...) -> CommandFailure {
    CommandFailure(code, message, hints: hints, exit: .configuration)
  }

  /// Something that cannot happen did: exit 70.
  static func bug(_ message: String) -> CommandFailure {
    CommandFailure("internal", message, hint: "please report this as a bug of crmvault", exit: .bug)
  }

  /// A system call failed.
  ///
  /// - Parameters:
  ///   - number: `errno` as the call left it.
  ///   - doing: What was being done, to read after "cannot": `read keys/anna.key`.
  static func system(_ number: Int32, doing: String) -> CommandFailure {
    let reason = describe(errno: number)
    let message = "cannot \(doing): \(reason)"
    return switch number {
    case ENOENT, ENOTDIR:
      CommandFailure("no_such_file", message, hint: "check the path", exit: .missing)
    case EACCES, EPERM, EISDIR, ELOOP:
      CommandFailure("file_not_accessible", message, hint: "check the path and its mode", exit: .missing)
    case EEXIST:
      CommandFailure("already_exists", message, hint: "choose another path", exit: .exists)
    case ENOSPC, EDQUOT:
      CommandFailure("disk_full", message, hint: "free some space and try again", exit: .inputOutput)
    case EAGAIN, EBUSY:
      CommandFailure("busy", message, hint: "try again", exit: .busy)
    case ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT:
      CommandFailure("unreachable", message, hint: "check that the server runs", exit: .unavailable)
    default:
      CommandFailure("io_error", message, exit: .inputOutput)
    }
  }

  /// The operating system's words for an error number.
  static func describe(errno number: Int32) -> String {
    var text = [CChar](repeating: 0, count: 128)
    guard unsafe strerror_r(number, &text, text.count) == 0 else { return "error \(number)" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      .lowercased()
  }

  /// The failure for any error at all.
  ///
  /// An error that nobody mapped is a bug, and only its type is named: its payload may hold what
  /// must not be shown.
  static func describing(_ error: any Error) -> CommandFailure {
    switch error {
    case let failure as CommandFailure: failure
    case let known as any CommandError: known.commandFailure
    default: .bug("unexpected error of type \(type(of: error))")
    }
  }
}
