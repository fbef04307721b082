import ArgumentParser
import Scoring
import Vault

/// `crmvault segment list`
struct SegmentListCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the segments that there are: the RFM table in force and the policy's rules.",
    discussion: """
      The first row that fits a customer counts. --table writes the RFM table as a file that can be edited and given to \
      `segment run --segments`, or written into the policy.

      Exit status: 0 done, 64 usage, 66 no such vault, 76 integrity, 77 not permitted, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Flag(help: "Write the RFM table as a file to edit.") var table = false

  func run(on console: Console) throws {
    let policy = try options.openSession(on: console).policy().segments
    let segments = policy.rfm ?? .standard
    guard !table else { return try console.output.write(segments.text) }
    if options.json {
      try writeJSON(segments, isPolicy: policy.rfm != nil, policy.rules, to: console)
    } else {
      try writeText(segments, policy.rules, to: console)
    }
  }

  private func writeJSON(
    _ segments: RFMSegments, isPolicy: Bool, _ rules: SegmentRules?, to console: Console
  ) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.object("rfm") { json in
        try json.field("from", isPolicy ? "policy" : "standard")
        try json.array("segments") { json in
          for row in segments.rows {
            try json.object { json in
              try json.field("segment", row.name)
              for (name, bins) in zip(["recency", "frequency", "monetary"], row.bins) {
                try json.field(name, bins)
              }
            }
          }
        }
        try json.field("rest", segments.rest)
      }
      try json.array("rules") { json in
        for rule in rules?.rules ?? [] {
          try json.object { json in
            try json.field("segment", rule.name)
            try json.array("when") { json in
              for condition in rule.conditions { try json.value(condition.text) }
            }
          }
        }
      }
      try json.field("rest", rules?.rest)
    }
    try json.finish()
  }

  private func writeText(_ segments: RFMSegments, _ rules: SegmentRules?, to console: Console) throws {
    var table = TableWriter(["METHOD", "SEGMENT", "WHO"], to: console.output)
    func line(_ method: String, _ name: String, _ who: String) throws {
      try table.cell(method)
      try table.cell(name)
      try table.cell(who)
      try table.endRow()
    }
    for row in segments.rows {
      try line("rfm", row.name, "recency \(row.bins[0]), frequency \(row.bins[1]), monetary \(row.bins[2])")
    }
    try line("rfm", segments.rest, "everybody else")
    for rule in rules?.rules ?? [] {
      let conditions = rule.conditions.map(\.text).joined(separator: ", ")
      try line("rules", rule.name, conditions.isEmpty ? "everybody" : conditions)
    }
    if let rules { try line("rules", rules.rest, "everybody else") }
    try table.finish()
  }
}
