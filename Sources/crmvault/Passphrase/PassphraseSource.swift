import Sodium

/// Where a passphrase comes from.
enum PassphraseSource: Equatable, Sendable {
  /// The longest passphrase, in bytes.
  static let limit = 1024
  /// The shortest new passphrase, in bytes.
  static let newMinimum = 8

  /// A file that only its owner can read, or a named pipe.
  case file(String)
  /// An open file: one line for each passphrase.
  case descriptor(Int32)
  /// What a shell command prints.
  case command(String)
  /// A person.
  case terminal

  /// Chooses by options, then by `CRMVAULT_PASSPHRASE_FILE` and `CRMVAULT_PASSPHRASE_COMMAND`, then
  /// the terminal. Two of a kind contradict each other, and are refused.
  static func choose(
    file: String?, descriptor: Int32?, command: String?, environment: Environment
  ) throws(CommandFailure) -> PassphraseSource {
    let given = [
      file.map(PassphraseSource.file), descriptor.map(PassphraseSource.descriptor),
      command.map(PassphraseSource.command),
    ].compactMap(\.self)
    guard given.count < 2 else {
      throw .usage("passphrase_sources", "more than one source is given for a passphrase", hints: "keep one")
    }
    if let source = given.first { return source }
    let fileVariable = "CRMVAULT_PASSPHRASE_FILE"
    let commandVariable = "CRMVAULT_PASSPHRASE_COMMAND"
    switch (environment[fileVariable], environment[commandVariable]) {
    case (nil, nil): return .terminal
    case (let file?, nil): return .file(file)
    case (nil, let command?): return .command(command)
    default:
      throw .configuration(
        "passphrase_sources", "both \(fileVariable) and \(commandVariable) are set",
        hints: "unset one of them")
    }
  }

  /// Gets the passphrase.
  ///
  /// - Parameters:
  ///   - subject: Whose it is, as the person at the terminal reads it: `anna`.
  ///   - console: Where to ask, if it comes to that.
  func passphrase(for subject: String, on console: Console) throws(CommandFailure) -> WipedBytes {
    switch self {
    case .file(let path):
      return try PassphraseFile.read(path)
    case .descriptor(let number):
      return try PassphraseFile.readLine(from: number)
    case .command(let text):
      return try PassphraseCommand.run(text)
    case .terminal:
      let question = "Passphrase for \(VisibleText.visible(subject)): "
      let answer = try Self.terminal(of: console).ask(question, echo: false, limit: Self.limit)
      return try Self.checked(answer, from: "the terminal")
    }
  }

  /// Gets a passphrase that is to protect something from now on: at least 8 bytes, and from a
  /// person twice.
  func newPassphrase(for subject: String, on console: Console) throws(CommandFailure) -> WipedBytes {
    guard self == .terminal else {
      let passphrase = try passphrase(for: subject, on: console)
      guard passphrase.count >= Self.newMinimum else { throw .passphraseTooShort }
      return passphrase
    }
    let terminal = try Self.terminal(of: console)
    let question = "New passphrase for \(VisibleText.visible(subject)): "
    for _ in 0..<3 {
      let first = try terminal.ask(question, echo: false, limit: Self.limit)
      guard first.count >= Self.newMinimum else {
        try terminal.say("At least \(Self.newMinimum) bytes are needed; four random words are good.")
        continue
      }
      let second = try terminal.ask("The same again: ", echo: false, limit: Self.limit)
      if Self.areEqual(first, second) { return try Self.checked(first, from: "the terminal") }
      try terminal.say("The two differ.")
    }
    throw .usage("passphrase_not_chosen", "no new passphrase was chosen in three tries")
  }

  /// Refuses what is empty, and what could never be typed.
  static func checked(
    _ passphrase: consuming WipedBytes, from source: String
  ) throws(CommandFailure) -> WipedBytes {
    guard passphrase.count > 0 else {
      throw .configuration("passphrase_empty", "the passphrase from \(source) is empty")
    }
    guard passphrase.count <= limit else {
      throw .configuration("passphrase_too_long", "the passphrase from \(source) is over \(limit) bytes")
    }
    let isOneLine = passphrase.withBytes { span in
      span.indices.allSatisfy { span[$0] != 0 && span[$0] != 0x0A && span[$0] != 0x0D }
    }
    guard isOneLine else {
      throw .configuration(
        "passphrase_not_a_line", "the passphrase from \(source) is not one line of text",
        hints: "keep nothing else in it: one line, with or without its end")
    }
    return passphrase
  }

  private static func terminal(of console: Console) throws(CommandFailure) -> any DialogueTerminal {
    guard let terminal = console.terminal else {
      throw .usage(
        "passphrase_needed", "a passphrase is needed, and there is no terminal to ask on",
        hints: "give --passphrase-file FILE, --passphrase-fd N or --passphrase-command CMD")
    }
    return terminal
  }

  /// Both were typed by the person who would learn something from the time this takes.
  private static func areEqual(_ first: borrowing WipedBytes, _ second: borrowing WipedBytes) -> Bool {
    first.withBytes { one in
      second.withBytes { other in
        one.count == other.count && one.indices.allSatisfy { one[$0] == other[$0] }
      }
    }
  }
}

extension CommandFailure {
  /// A new passphrase that is no protection.
  static let passphraseTooShort = CommandFailure.configuration(
    "passphrase_too_short",
    "a new passphrase has at least \(PassphraseSource.newMinimum) bytes", hints: "four random words are good")
}
