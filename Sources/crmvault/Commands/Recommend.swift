import ArgumentParser
import Scoring
import Vault

/// `crmvault recommend`
struct RecommendCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "recommend", abstract: "Suggest items to a customer.",
    discussion: """
      By what customers with the customer's items have (item to item, BM25), then by what is popular. An item pair counts \
      only when 5 distinct customers have both; what the policy calls sensitive is evidence for nothing and is not \
      suggested. A customer who may not be reached for personalization is not opened and gets only what is popular; the \
      answer says so.

      Entries: the customer's own access for personalization, granted or denied, and intent and result of the bulk read \
      of the market.

      Exit status: 0 done, 64 usage, 66 no such vault or customer, 75 busy, 76 integrity, 77 not permitted.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The customer's pseudonym.") var id: String
  @Option(help: "How many items at most, 1 to 1000.") var count = 10

  @Option(name: .customLong("as-of"), help: "The last day whose purchases count, YYYY-MM-DD (default: all).")
  var asOf: String?

  @Option(help: "How far back purchases count before --as-of: a number and d, w, m or y.") var window: String?

  func run(on console: Console) throws {
    guard (1...1000).contains(count) else {
      throw CommandFailure.usage("bad_count", "--count is a number from 1 to 1000")
    }
    guard window == nil || asOf != nil else {
      throw CommandFailure.usage("bad_window", "--window needs --as-of", hints: "say where the window ends")
    }
    let through = try DayOption.day(asOf ?? "9999-12-31", "--as-of")
    let days = try DayOption.window(window, through: through)
    let id = try CustomerID.parse(id)
    let session = try options.openSession(on: console)
    let found = try session.recommend(to: id, count: count, window: days, purpose: options.purpose)
    if options.json { try writeJSON(found, to: console) } else { try writeText(found, to: console) }
    if !found.isPersonal {
      console.notice(
        "the customer may not be reached for \(Session.personalization): these are the popular items, whoever asks"
      )
    }
  }

  private func writeJSON(_ found: CustomerRecommendations, to console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("id", found.pseudonym.description)
      try json.field("personal", found.isPersonal)
      try json.field("as_of", asOf)
      try json.field("purpose", found.purpose)
      try json.field("entry", found.entries.intent)
      try json.field("customers", found.market.customers)
      try json.field("products", found.market.products)
      try json.object("excluded") { json in
        for (reason, customers) in found.excluded { try json.field(reason, customers) }
      }
      try json.array("items") { json in
        for item in found.items {
          try json.object { json in
            try json.field("item", item.item)
            try json.field("score", item.score)
            try json.field("basis", item.basis.rawValue)
            try json.array("reasons") { json in for reason in item.reasons { try json.value(reason) } }
          }
        }
      }
    }
    try json.finish()
  }

  private func writeText(_ found: CustomerRecommendations, to console: Console) throws {
    var table = TableWriter(["ITEM", .trailing("SCORE"), "BASIS", "BECAUSE OF"], to: console.output)
    for item in found.items {
      try table.cell(item.item)
      try table.cell(item.score, decimals: 3)
      try table.cell(item.basis.rawValue)
      try table.cell(item.reasons.joined(separator: ", "))
      try table.endRow()
    }
    try table.finish()
  }
}
