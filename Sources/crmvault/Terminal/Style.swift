/// Colour and weight of text, or nothing where there is no terminal to show them.
struct Style: Sendable {
  /// Whether escape sequences are written.
  let isColoured: Bool

  /// Colour only on a terminal that can show it and whose owner wants it (no-color.org).
  init(isTerminal: Bool, environment: Environment) {
    isColoured = isTerminal && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb"
  }

  /// For faults and refusals.
  func red(_ text: String) -> String { wrap(text, "31") }
  /// For what holds.
  func green(_ text: String) -> String { wrap(text, "32") }
  /// For what deserves a look.
  func yellow(_ text: String) -> String { wrap(text, "33") }
  /// For headers.
  func bold(_ text: String) -> String { wrap(text, "1") }
  /// For what matters less.
  func dim(_ text: String) -> String { wrap(text, "2") }

  private func wrap(_ text: String, _ code: String) -> String {
    isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
