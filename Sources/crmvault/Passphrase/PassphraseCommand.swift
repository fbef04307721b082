import Glibc
import Sodium

/// Passphrases from a command: a password store, an agent.
enum PassphraseCommand {
  /// Runs the text with `/bin/sh -c` and takes what it prints, less one end of line.
  ///
  /// The command's stdin is empty, so that it does not eat the data of `--from -`; its stderr is
  /// ours. A command that fails gives no passphrase, whatever it printed.
  static func run(_ text: String) throws(CommandFailure) -> WipedBytes {
    let doing = "run the passphrase command"
    let pipe = try Pipe(doing: doing)
    let child = try ChildProcess.start("/bin/sh", ["sh", "-c", text], output: pipe.writeEnd, doing: doing)
    pipe.closeWriteEnd()
    var passphrase = WipedBytes(capacity: PassphraseSource.limit + 4)
    do {
      try PassphraseFile.readAll(from: pipe.readEnd, into: &passphrase, doing: doing)
    } catch {
      pipe.closeReadEnd()
      _ = ChildProcess.wait(for: child)
      throw error
    }
    // With the pipe closed, a command that still prints gets SIGPIPE, and does not keep us waiting.
    pipe.closeReadEnd()
    let status = ChildProcess.wait(for: child)
    let isCutShort = status & 0x7F == SIGPIPE && passphrase.count > PassphraseSource.limit
    if !isCutShort, let how = ChildProcess.failure(status) { throw failed(how) }
    return try PassphraseSource.checked(passphrase, from: "the passphrase command")
  }

  private static func failed(_ how: String) -> CommandFailure {
    .configuration(
      "passphrase_command_failed", "the passphrase command \(how)", hints: "run it by hand to see why")
  }
}
