import ArgumentParser

/// A command that is run with everything around it injected.
///
///     struct Whoami: ConsoleCommand {
///       @OptionGroup var global: GlobalOptions
///       func run(on console: Console) throws { … }
///     }
///
/// A synchronous `run(on:)` satisfies the requirement as well.
protocol ConsoleCommand: ParsableCommand {
  /// Does what the command is for; what it throws becomes the exit code (``CommandFailure``).
  mutating func run(on console: Console) async throws
}

/// From arguments to an exit code: the same way in `main` and in tests.
enum CommandLineRun {
  /// Parses the arguments and runs the command they name.
  ///
  /// Everything the command held is released when this returns: `exit(3)` would skip it.
  static func run(
    _ root: any ParsableCommand.Type, arguments: [String], on console: Console
  ) async -> ExitCode {
    let wantsJSON = arguments.prefix { $0 != "--" }.contains("--json")
    do {
      var command = try root.parseAsRoot(arguments)
      if var command = command as? any ConsoleCommand {
        try await command.run(on: console)
      } else {
        try command.run()
      }
      console.statusLine.clear()
      return .done
    } catch let exit as ExitCode {
      console.statusLine.clear()
      return exit
    } catch {
      console.statusLine.clear()
      do {
        if let help = ParserFailure.help(for: error, root: root) {
          try console.output.write(help + "\n")
          return .done
        }
      } catch {
        return conclude(.describing(error), json: wantsJSON, on: console)
      }
      let failure = ParserFailure.failure(for: error, root: root) ?? .describing(error)
      return conclude(failure, json: wantsJSON, on: console)
    }
  }

  private static func conclude(_ failure: CommandFailure, json: Bool, on console: Console) -> ExitCode {
    FailureReport.write(failure, json: json, to: console)
    return failure.exit
  }
}

/// A command ends with this code and without a fault: `audit flags` with open flags.
extension ExitCode: Error {}
