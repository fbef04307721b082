import ArgumentParser
import Vault

/// `crmvault request list`
struct RequestList: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the requests, the newest first.",
    discussion: """
      What is asked is shown to the requester and to those who may answer.

      Exit status: 0 done, 64 usage, 66 no such vault, 74 input/output, 75 busy, 76 integrity, 77 not permitted or \
      wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Flag(help: "Only those that nobody has answered.") var open = false

  func run(on console: Console) throws {
    let requests = try options.openSession(on: console).requests().filter { !open || $0.state == .open }
    guard options.json else {
      var table = TableWriter(
        [.trailing("NUMBER"), "STATE", "ACTION", "ASKED BY", "ANSWERED BY", "EXPIRES"], to: console.output)
      for request in requests {
        table.cell(request.number)
        try table.cell(request.state.rawValue)
        try table.cell(request.request?.action.rawValue ?? "(sealed)")
        try table.cell(request.requester ?? "")
        try table.cell(request.approver ?? "")
        try table.cell(request.answer.map { TimeText.utc($0.expires) } ?? "")
        try table.endRow()
      }
      return try table.finish()
    }
    var json = JSONWriter(to: console.output)
    try json.array { json in
      for request in requests { try json.object { json in try json.members(of: request) } }
    }
    try json.finish()
  }
}
