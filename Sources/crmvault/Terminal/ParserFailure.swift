import ArgumentParser

/// What the argument parser throws, told our way: help is a result, everything else is exit 64.
enum ParserFailure {
  /// The text that was asked for (`--help`, `--version`, a completion script), if this is one.
  static func help(for error: any Error, root: any ParsableCommand.Type) -> String? {
    guard isOfParser(error), root.exitCode(for: error) == .success else { return nil }
    return root.fullMessage(for: error)
  }

  /// The fault in the command line, if this is one.
  static func failure(for error: any Error, root: any ParsableCommand.Type) -> CommandFailure? {
    guard isOfParser(error) else { return nil }
    let message = root.message(for: error)
    // An argument in the wrong place may be a customer's phone number: it is not repeated.
    if message.hasPrefix("Unexpected argument") || message.contains(" unexpected arguments") {
      return .usage(
        "unexpected_argument", "unknown command, or more arguments than the command takes",
        hints: "personal data is never an argument: give --from FILE or --from -", helpHint)
    }
    let line = message.split(whereSeparator: \.isNewline).first.map(String.init) ?? "wrong command line"
    return .usage("usage", withoutValue(line), hints: helpHint)
  }

  /// `The value '138…' is invalid for '<id>'` without the value, for the same reason.
  private static func withoutValue(_ line: String) -> String {
    let start = "The value '"
    guard line.hasPrefix(start), let end = line.ranges(of: "' is invalid for ").last else {
      return line.prefix(1).lowercased() + line.dropFirst()
    }
    return "the value is invalid for " + line[end.upperBound...]
  }

  private static let helpHint = "see 'crmvault help' or the command with --help"

  private static func isOfParser(_ error: any Error) -> Bool {
    error is ValidationError || error is CleanExit
      || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }
}
