import Sodium

extension Console {
  /// Asks before something that cannot be taken back.
  ///
  /// - Parameters:
  ///   - consequence: What will happen, as a sentence without an end: `erase 3 classes of C-…`.
  ///   - yes: Whether `--yes` was given: then nothing is asked.
  /// - Throws: exit 64 where nobody can be asked, exit 77 where the person said no.
  func confirm(_ consequence: String, yes: Bool) throws(CommandFailure) {
    if yes { return }
    guard let terminal else {
      throw .usage(
        "confirmation_needed", "this needs a confirmation: \(consequence)",
        hints: "give --yes to confirm without a terminal")
    }
    for _ in 0..<3 {
      let answer = try terminal.ask(VisibleText.visible(consequence) + "? [y/N] ", echo: true, limit: 64)
      switch Self.word(answer) {
      case "y", "yes": return
      case "", "n", "no": throw .declined
      default: try terminal.say("Please answer yes or no.")
      }
    }
    throw .declined
  }

  /// Asks for one personal value: from a pipe its only line, from a person by a question.
  ///
  /// - Parameters:
  ///   - label: What is asked for: `phone`.
  ///   - source: What `--from` said: a path, `-`, or nothing.
  func personalValue(_ label: String, from source: String?, limit: Int = 65_536) throws(CommandFailure)
    -> WipedBytes
  {
    if source == nil, input.isTerminal {
      let terminal = try dialogue(insteadOf: "--from FILE")
      return try terminal.ask("\(label): ", echo: true, limit: limit)
    }
    var bytes = try personalInput(from: source ?? "-", limit: limit)
    bytes.dropTrailingNewline()
    return bytes
  }

  /// Takes a JSON object with personal data: `--from FILE`, `--from -`, or a form on a terminal.
  ///
  /// - Parameters:
  ///   - source: What `--from` said: a path, `-`, or nothing.
  ///   - form: What a person is asked for.
  ///   - limit: More bytes than these are refused with exit 65.
  func personalObject(
    from source: String?, form: [FormField], limit: Int = 1_048_576
  ) throws(CommandFailure) -> WipedBytes {
    if let source { return try personalInput(from: source, limit: limit) }
    guard input.isTerminal else {
      throw .usage(
        "input_needed", "nothing says where the JSON object comes from",
        hints: "give --from - to read it from stdin, or --from FILE")
    }
    return try FormField.fill(form, at: dialogue(insteadOf: "--from FILE"))
  }

  /// Reads a file, or stdin for `-`, into a wiped buffer.
  func personalInput(from source: String, limit: Int) throws(CommandFailure) -> WipedBytes {
    if source == "-" { return try input.readAll(limit: limit) }
    let doing = "read \(source)"
    let file = try Descriptor.open(source, 0, doing: doing)
    var bytes = WipedBytes()
    try ByteTransfer.readAll(from: file.number, limit: limit, into: &bytes, doing: doing)
    return bytes
  }

  /// The terminal, or the fault that there is none.
  func dialogue(insteadOf option: String) throws(CommandFailure) -> any DialogueTerminal {
    guard let terminal else {
      throw .usage("no_terminal", "there is no terminal to ask on", hints: "give \(option)")
    }
    return terminal
  }

  private static func word(_ answer: borrowing WipedBytes) -> String {
    answer.withBytes { span in
      var word = ""
      for index in span.indices { word.unicodeScalars.append(Unicode.Scalar(span[index])) }
      return word.lowercased().filter { !$0.isWhitespace }
    }
  }
}

extension CommandFailure {
  /// The person said no.
  static let declined = CommandFailure(
    "declined", "not confirmed: nothing was changed", exit: .notPermitted)
}

extension WipedBytes {
  /// Takes one end of line away, `\n` or `\r\n`.
  mutating func dropTrailingNewline() {
    drop(UInt8(ascii: "\n"))
    drop(UInt8(ascii: "\r"))
  }

  private mutating func drop(_ byte: UInt8) {
    let ends = withBytes { $0.count > 0 && $0[$0.count - 1] == byte }
    if ends { truncate(to: count - 1) }
  }
}
