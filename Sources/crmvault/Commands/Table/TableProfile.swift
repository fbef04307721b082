import ArgumentParser
import Release

/// `crmvault table profile`
struct TableProfileCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile", abstract: "Propose a profile for a CSV file, and say why.",
    discussion: """
      Writes a YAML profile to stdout: a role for each column with the reason as a comment, a hierarchy where the \
      values suggest one. It is a proposal: who could know what of a person is for you to say. No value of the file is \
      in it.

      Exit status: 0 done, 64 usage, 65 bad input, 66 no such file, 74 input/output.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The CSV file, with a header.", completion: .file()) var file: String

  func run(on console: Console) throws {
    let table = try TableFile(path: file).read(columns: nil, on: console)
    let proposal = ProfileProposal(table)
    guard options.json else { return try console.output.write(proposal.yaml) }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("profile", proposal.yaml)
      try json.array("columns") { json in
        for column in proposal.columns {
          try json.object { json in
            try json.field("column", column.name)
            try json.field("role", column.role)
            try json.field("reason", column.reason)
          }
        }
      }
    }
    try json.finish()
  }
}
