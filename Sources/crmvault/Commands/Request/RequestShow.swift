import ArgumentParser
import Vault

/// `crmvault request show`
struct RequestShow: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what a request asks for: never customer data.",
    discussion: """
      Exit status: 0 done, 64 usage, 66 no such vault or request, 74 input/output, 75 busy, 76 integrity, 77 not \
      permitted, wrong passphrase, or sealed to others, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The request's number.") var number: Int64

  func run(on console: Console) throws {
    let found = try options.openSession(on: console).request(number: number)
    guard let request = found.request else {
      throw CommandFailure(
        "not_permitted", "request \(number) is sealed to its requester and to those who may answer",
        hint: "crmvault request list shows where it stands", exit: .notPermitted)
    }
    guard options.json else { return try text(found, request, on: console) }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.members(of: found)
      try json.object("content") { (json: inout JSONWriter) throws(CommandFailure) in
        for (key, value) in RequestOutput.content(of: request) { try json.field(key, value) }
      }
      try json.field("text", request.text)
    }
    try json.finish()
  }

  private func text(_ found: Session.RequestSummary, _ request: ApprovalRequest, on console: Console) throws {
    var lines = [
      "request    \(found.number), \(found.state.rawValue)", "action     \(request.action.rawValue)",
      "asked by   \(found.requester ?? "?") as \(request.role.name), \(TimeText.utc(request.time))",
    ]
    if let note = request.note { lines.append("why        \(VisibleText.visible(note))") }
    for (key, value) in RequestOutput.content(of: request) {
      lines.append(key.padded(to: 11) + VisibleText.visible(value))
    }
    if let answer = found.answer {
      lines.append(
        "answer     \(answer.verdict.rawValue) by \(found.approver ?? "?"), \(TimeText.utc(answer.time))")
      lines.append("expires    \(TimeText.utc(answer.expires))")
    } else {
      lines.append("waits for  \(found.mayAnswer.joined(separator: ", "))")
    }
    if let text = request.text { lines += ["", text] }
    try console.output.write(lines.joined(separator: "\n") + "\n")
  }
}

extension String {
  /// With spaces behind it, at least one.
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
