import Glibc
import Sodium
import Vault
import VaultSQLite

/// Everything between a command and the people and programs around it, as one injected value.
///
/// A command writes results to ``output``, tells notices with ``notice(_:)``, reads `--from -` from
/// ``input`` and asks on ``terminal``; it never touches a file descriptor, the environment or a
/// clock of its own accord, so that every command runs in a test.
struct Console: Sendable {
  /// stdin.
  let input: InputChannel
  /// stdout: results, and nothing else.
  let output: OutputChannel
  /// stderr: progress, notices, faults.
  let errors: OutputChannel
  /// Where people are asked; `nil` where there is nobody to ask.
  let terminal: (any DialogueTerminal)?
  /// Environment variables.
  let environment: Environment
  /// Measures how long work takes.
  let clock: MonotonicClock
  /// The line that progress is drawn on.
  let statusLine: StatusLine
  /// What time it is, for entries and statements.
  var wallClock: any Clock = SystemClock()
  /// Opens the store in a vault's folder.
  var openStore: @Sendable (String) throws -> any Store = { try SQLiteStore.open(folder: $0) }

  /// The console of this process.
  static func process() -> Console {
    let statusLine = StatusLine()
    let environment = Environment.process
    let console = Console(
      input: InputChannel(descriptor: STDIN_FILENO),
      output: OutputChannel(
        descriptor: STDOUT_FILENO, name: "stdout", environment: environment, statusLine: statusLine),
      errors: OutputChannel(
        descriptor: STDERR_FILENO, name: "stderr", environment: environment, statusLine: statusLine),
      terminal: ControllingTerminal.find(),
      environment: environment,
      clock: .system,
      statusLine: statusLine)
    #if DEBUG
      guard let clock = MovedClock(in: environment) else { return console }
      var moved = console
      moved.wallClock = clock
      return moved
    #else
      return console
    #endif
  }

  /// A console in memory.
  ///
  /// - Parameters:
  ///   - input: What stdin holds.
  ///   - isTerminal: Whether stdin, stdout and stderr pose as terminals.
  ///   - answers: What the person at the terminal types, line by line; `nil` for nobody there.
  static func inMemory(
    input: String = "", isTerminal: Bool = false, width: Int = 80, answers: [String]? = nil,
    environment: [String: String] = [:], clock: MonotonicClock = .system
  ) -> Console {
    let statusLine = StatusLine()
    let environment = Environment(environment)
    func channel(_ name: String) -> OutputChannel {
      OutputChannel(
        inMemory: name, isTerminal: isTerminal, width: width, environment: environment,
        statusLine: statusLine)
    }
    return Console(
      input: InputChannel(inMemory: Array(input.utf8), isTerminal: isTerminal),
      output: channel("stdout"),
      errors: channel("stderr"),
      terminal: answers.map { ScriptedTerminal(answers: $0) },
      environment: environment,
      clock: clock,
      statusLine: statusLine)
  }

  /// Tells a line on stderr. What cannot be written there is lost: the work goes on.
  func notice(_ text: String) {
    try? errors.write(text + "\n")
  }

  /// Tells a warning on stderr: something the person should look at, though the work went on.
  func warning(_ text: String) {
    notice(errors.style.yellow("warning: ") + text)
  }
}
