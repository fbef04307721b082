import ArgumentParser
import Vault

/// `crmvault consent list`
struct ConsentList: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show what a customer consented and objected to, and what may be done.",
    discussion: """
      Every purpose of the policy with what holds for it, and everything that was said, oldest first. --purpose is why \
      you look.

      Exit status: 0 done, 64 usage, 66 no such vault or customer, 74 input/output, 75 busy, 76 integrity, 77 not \
      permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The customer's id.") var id: String

  func run(on console: Console) throws {
    let id = try CustomerID.parse(id)
    let consents = try options.openSession(on: console).consents(id, purpose: options.purpose)
    let purposes = Set(consents.purposes.keys).union(consents.own.purposes).sorted()
    if options.json {
      try Self.json(consents, purposes, on: console)
    } else {
      try Self.table(consents, purposes, on: console)
    }
  }

  private static func table(_ consents: CustomerConsents, _ purposes: [String], on console: Console) throws {
    if consents.isRestricted { console.notice("The customer's data is restricted.") }
    if consents.isErased {
      console.notice("What the customer had said is erased: it counts as an objection.")
    }
    var table = TableWriter(["PURPOSE", "STATE", "SINCE", "SOURCE", "ALLOWED"], to: console.output)
    for purpose in purposes {
      let standing = consents.own.standing(for: purpose)
      let since = standing.map { TimeText.utc($0.last.time) }
      let isAllowed = allowed(purpose, consents).map { $0 ? "yes" : "no" }
      for text in [purpose, standing?.state.name, since, standing?.last.source, isAllowed] {
        try table.cell(text ?? "")
      }
      try table.endRow()
    }
    try table.finish()
  }

  private static func json(_ consents: CustomerConsents, _ purposes: [String], on console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("id", consents.customer.description)
      try json.field("restricted", consents.isRestricted)
      try json.field("erased", consents.isErased)
      try json.array("purposes") { json in
        for purpose in purposes {
          let standing = consents.own.standing(for: purpose)
          try json.object { json in
            try json.field("purpose", purpose)
            try json.field("rule", consents.purposes[purpose]?.rule.rawValue)
            try json.field("state", standing?.state.name)
            try json.field("since", standing.map { TimeText.utc($0.last.time) })
            json.key("allowed")
            if let allowed = allowed(purpose, consents) { try json.value(allowed) } else { try json.null() }
          }
        }
      }
      try json.array("statements") { json in
        for change in consents.own.changes { try write(change, consents, &json) }
      }
    }
    try json.finish()
  }

  private static func write(
    _ change: ConsentChange, _ consents: CustomerConsents, _ json: inout JSONWriter
  ) throws {
    try json.object { json in
      try json.field("purpose", change.purpose)
      try json.field("state", change.state.name)
      try json.field("time", TimeText.utc(change.time))
      try json.field("source", change.source)
      try json.field("text_version", change.textVersion)
      try json.field("legal_basis", change.legalBasis)
      try json.field("recorded_by", consents.actor(of: change))
    }
  }

  /// Whether the policy lets the customer be reached for a purpose; nil for one that it does not know.
  private static func allowed(_ purpose: String, _ consents: CustomerConsents) -> Bool? {
    consents.purposes[purpose].map { consents.allows($0) }
  }
}
