import ArgumentParser
import AuditLog
import Vault

/// `crmvault export list`
struct ExportListCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List what has left, to whom, and for what.",
    discussion: """
      Exit status: 0 done, 64 usage, 66 no such vault, 76 integrity, 77 not permitted.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "Only releases to this recipient.") var recipient: String?

  func run(on console: Console) throws {
    let releases = try options.openSession(on: console).releases().filter { release in
      recipient.map { $0.lowercased() == release.text("recipient")?.lowercased() } ?? true
    }
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.array { json in
        for release in releases {
          try json.object { json in
            try json.field("release", release.id.description)
            for key in ["kind", "recipient", "purpose", "notice", "t", "sha256"] {
              try json.field(key, release.text(key))
            }
            try json.field("rows", release.rows)
            try json.field("entry", release.entry)
          }
        }
      }
      return try json.finish()
    }
    var table = TableWriter(
      ["RELEASE", "KIND", "RECIPIENT", "PURPOSE", .trailing("ROWS"), "TIME"], to: console.output)
    for release in releases {
      try table.cell(release.id.description)
      for key in ["kind", "recipient", "purpose"] { try table.cell(release.text(key) ?? "-") }
      if let rows = release.rows { table.cell(Int(rows)) } else { try table.cell("-") }
      try table.cell(release.text("t") ?? "-")
      try table.endRow()
    }
    try table.finish()
  }
}

/// `crmvault export show`
struct ExportShowCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one release: what its receipt says.",
    discussion: """
      Exit status: 0 done, 64 usage, 66 no such vault or release, 76 integrity, 77 not permitted.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The release, R-….") var release: String

  func run(on console: Console) throws {
    guard let id = ReleaseID(release) else {
      throw CommandFailure.usage(
        "bad_release", "this is no release's id", hints: "crmvault export list shows them, R-…")
    }
    let found = try options.openSession(on: console).release(id)
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.object { json in
        try json.field("release", found.id.description)
        try json.field("entry", found.entry)
        for member in found.body.members where member.key != "release" {
          json.key(member.key)
          try json.value(member.value)
        }
      }
      return try json.finish()
    }
    for member in found.body.members { try Self.write(member.key, member.value, to: console) }
  }

  private static func write(_ name: String, _ value: JSONValue, to console: Console) throws {
    switch value {
    case .object(let object):
      for member in object.members { try write("\(name).\(member.key)", member.value, to: console) }
    case .array(let array):
      for (index, element) in array.enumerated() { try write("\(name)[\(index + 1)]", element, to: console) }
    case .string(let text): try console.output.write("\(name): \(VisibleText.visible(text))\n")
    case .integer(let number): try console.output.write("\(name): \(number)\n")
    case .bool(let truth): try console.output.write("\(name): \(truth)\n")
    case .null: break
    }
  }
}

extension ReleaseRecord {
  /// How many rows the file has, where it has rows.
  var rows: Int64? { body["measured"]?["rows"]?.integer ?? body["rows"]?.integer }
}
