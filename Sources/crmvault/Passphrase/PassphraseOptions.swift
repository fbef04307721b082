import ArgumentParser

/// Where the passphrase comes from. The options name places; a passphrase itself is never an
/// argument, which every process of the machine can read.
struct PassphraseOptions: ParsableArguments {
  @Option(
    name: .customLong("passphrase-file"), help: "Read the passphrase from a file that only you can read.")
  var file: String?

  @Option(
    name: .customLong("passphrase-fd"),
    help: "Read the passphrase from an open file descriptor; one line for each passphrase.")
  var descriptor: Int32?

  @Option(
    name: .customLong("passphrase-command"), help: "Take the passphrase from the output of a shell command.")
  var command: String?

  /// The source these options and the environment choose.
  func source(in environment: Environment) throws(CommandFailure) -> PassphraseSource {
    try .choose(file: file, descriptor: descriptor, command: command, environment: environment)
  }
}

/// Where a new passphrase comes from, when one is replaced. Without one of these it is asked for.
struct NewPassphraseOptions: ParsableArguments {
  @Option(
    name: .customLong("new-passphrase-file"),
    help: "Read the new passphrase from a file that only you can read.")
  var file: String?

  @Option(
    name: .customLong("new-passphrase-fd"), help: "Read the new passphrase from an open file descriptor.")
  var descriptor: Int32?

  @Option(
    name: .customLong("new-passphrase-command"),
    help: "Take the new passphrase from the output of a shell command.")
  var command: String?

  /// The source these options choose; the environment names only the passphrase in use.
  func source() throws(CommandFailure) -> PassphraseSource {
    try .choose(file: file, descriptor: descriptor, command: command, environment: Environment([:]))
  }
}
