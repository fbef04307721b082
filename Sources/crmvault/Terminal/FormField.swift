import Sodium

/// A member of a JSON object that a person is asked for, where no `--from` gives the object.
struct FormField: Sendable {
  /// How the answer is written into the object.
  enum Kind: Sendable {
    /// A string.
    case text
    /// A number: the answer must be one.
    case number
  }

  /// The member's key.
  let key: String
  /// What the person reads.
  let label: String
  /// What the answer is.
  let kind: Kind
  /// Whether it is asked again until there is an answer; otherwise an empty one leaves it out.
  let isRequired: Bool

  /// A field; the label is the key where none is given.
  init(_ key: String, label: String? = nil, kind: Kind = .text, isRequired: Bool = false) {
    self.key = key
    self.label = label ?? key
    self.kind = kind
    self.isRequired = isRequired
  }

  /// Asks for every field.
  ///
  /// - Returns: The JSON object.
  static func fill(
    _ fields: [FormField], at terminal: any DialogueTerminal
  ) throws(CommandFailure) -> WipedBytes {
    var object = WipedBytes()
    object.append(UInt8(ascii: "{"))
    try terminal.say("An empty answer leaves a field out.")
    for field in fields {
      try field.ask(at: terminal, into: &object)
    }
    object.append(UInt8(ascii: "}"))
    return object
  }

  private func ask(
    at terminal: any DialogueTerminal, into object: inout WipedBytes
  ) throws(CommandFailure) {
    let question = VisibleText.visible(label) + (isRequired ? " (needed): " : ": ")
    while true {
      let answer = try terminal.ask(question, echo: true, limit: 4096)
      if answer.count == 0 {
        guard isRequired else { return }
        continue
      }
      if try append(answer, to: &object) { return }
      try terminal.say(kind == .number ? "Please give a number." : "This is not valid UTF-8 text.")
    }
  }

  /// - Returns: Whether the answer is one.
  private func append(
    _ answer: borrowing WipedBytes, to object: inout WipedBytes
  ) throws(CommandFailure) -> Bool {
    try answer.withBytes { (span: Span<UInt8>) throws(CommandFailure) in
      guard kind == .number ? Self.isNumber(span) : (try? UTF8Span(validating: span)) != nil else {
        return false
      }
      if object.count > 1 { object.append(UInt8(ascii: ",")) }
      try JSONEscape.append(key.utf8.span, to: &object)
      object.append(UInt8(ascii: ":"))
      if kind == .number { object.append(span) } else { try JSONEscape.append(span, to: &object) }
      return true
    }
  }

  /// A number by RFC 8259, without an exponent.
  static func isNumber(_ text: Span<UInt8>) -> Bool {
    var index = text.count > 0 && text[0] == UInt8(ascii: "-") ? 1 : 0
    func digits() -> Int {
      let start = index
      while index < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[index]) { index += 1 }
      return index - start
    }
    let start = index
    let whole = digits()
    guard whole > 0, whole == 1 || text[start] != UInt8(ascii: "0") else { return false }
    if index < text.count, text[index] == UInt8(ascii: ".") {
      index += 1
      guard digits() > 0 else { return false }
    }
    return index == text.count
  }
}
