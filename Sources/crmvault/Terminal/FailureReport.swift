/// How a failure is told: lines for people on stderr, and with `--json` one line for programs.
///
///     crmvault: no vault at ./crm.vault
///     crmvault: hint: make one with 'crmvault init', or name another with --vault
enum FailureReport {
  /// Tells the failure on the console's stderr. What cannot be written is lost.
  static func write(_ failure: CommandFailure, json: Bool, to console: Console) {
    guard !failure.isSilent else { return }
    let style = console.errors.style
    console.notice(style.red("crmvault: ") + line(failure.message))
    for hint in failure.hints {
      console.notice("crmvault: hint: " + line(hint))
    }
    guard json else { return }
    var writer = JSONWriter(to: console.errors)
    try? writer.object { (json: inout JSONWriter) throws(CommandFailure) in
      try json.object("error") { (json: inout JSONWriter) throws(CommandFailure) in
        try json.field("code", failure.code)
        try json.field("message", failure.message)
        try json.field("hint", failure.hint)
        if let request = failure.request { try json.field("request", request) }
      }
    }
    try? writer.finish()
  }

  /// A text as one line that a terminal cannot be tricked with.
  private static func line(_ text: String) -> String {
    VisibleText.visible(text)
  }
}
