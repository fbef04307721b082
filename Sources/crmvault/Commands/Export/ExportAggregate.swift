import Anonymization
import ArgumentParser
import AuditLog
import Release
import Vault

/// `crmvault export aggregate`
struct ExportAggregateCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "aggregate",
    abstract: "Hand out figures over many customers, with noise that is differentially private.",
    discussion: """
      The queries are a YAML list: counts, histograms over declared cells, sums and means clamped per customer, \
      quantiles on a public grid, grouped by declared values; numbers are whole, in the column's smallest unit \
      (cents for amount). The unit is one customer with all rows. Noise is exact: discrete Laplace, with --delta \
      discrete Gaussian; no floating point lies between data and output.

      Epsilon is spent of the vault's budget and of the recipient's, both of the policy; what does not fit is refused \
      and spends nothing. The spend is durable in the vault and beside the file of customer keys before noise is \
      drawn, whatever fails after. --dry-run shows mechanism, scale, expected error and budgets, and reads no customer.

      Exit status: 0 done, 64 usage, 65 bad queries or epsilon, 66 no such vault or file, 73 an output exists already, \
      74 input/output, 76 integrity, 77 not permitted or not enough budget, 78 configuration, or no age program.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup(title: "Release") var export: ExportOptions
  @Option(help: "The queries: a YAML file.", completion: .file()) var query: String
  @Option(help: "What is spent, as a fraction or a decimal: 1/5 or 0.2.") var epsilon: String
  @Option(help: "With it the noise is Gaussian: a chance as a fraction or a decimal, such as 1/1000000.")
  var delta: String?
  @OptionGroup(title: "Encryption") var recipients: AgeRecipients

  func run(on console: Console) throws {
    try export.check()
    let text = try TextFile.read(query, limit: ProfileFile.longestFile)
    let queries = try AggregateFile.parse(yaml: text, file: query)
    let plan = try AggregatePlan(
      queries, epsilon: try PrivacyCharge.parse(epsilon: epsilon), delta: try deltaNumber())
    guard !export.dryRun else { return try preview(plan, on: console) }
    let age = try recipients.program(in: console.environment)
    let draft = try DraftFile(path: export.out)
    let columns = Array(Set(queries.flatMap(\.columns))).sorted()
    let wanted = try export.plan(columns.map { ExportPlan.Wanted($0, isRequired: false) })
    let session = try options.openSession(on: console)
    let exponent = try HistoryOptions.minorDigits(session.vaultSettings().currency) ?? 0
    let rows = TallyRows(queries, columns: columns, exponent: exponent)
    var order = ExportOrder(
      .aggregate, purpose: options.purpose, recipient: export.recipient, notice: export.notice, plan: wanted,
      details: ["queries": .integer(Int64(queries.count)), "encrypted": .bool(age != nil)])
    order.budget = BudgetRequest(recipient: export.recipient, charge: plan.charge)
    let issued = try session.export(order, into: rows) { error in
      CommandFailure.describing(error).code
    } conclude: { gathering in
      var bits = RandomBits(SystemRandomNumberGenerator())
      let figures = rows.tally.release(plan, from: &bits)
      let document = AggregateDocument(
        plan: plan, figures: figures, gathering: gathering, recipient: export.recipient)
      let filled = try draft.fill(through: age) { sink in
        try document.write(isCSV: export.out.hasSuffix(".csv") || export.out.hasSuffix(".csv.age"), to: sink)
      }
      return ReleaseDraft(body: document.body(of: filled, queries: text), classOfRow: [])
    }
    guard let issued else { throw CommandFailure.bug("an aggregate came to no end") }
    try export.publish(draft, issued)
    try writeSummary(issued, plan, on: console)
  }

  private func deltaNumber() throws -> Rational {
    guard let delta else { return .zero }
    guard let number = Rational(delta), !number.isZero, number < .one else {
      throw CommandFailure.badInput(
        "bad_number", "delta is a number above 0 and below 1, as a fraction or a decimal",
        hints: "give it as 1/1000000")
    }
    return number
  }

  /// The mechanisms and the budgets, and no figure of the data.
  private func preview(_ plan: AggregatePlan, on console: Console) throws {
    let session = try options.openSession(on: console)
    let account = try session.budgetAccount(isForAggregate: true, purpose: options.purpose)
    let fits = (try? account.require(BudgetRequest(recipient: export.recipient, charge: plan.charge))) != nil
    let owners = [("vault", account.whole), ("recipient", account.recipient(export.recipient))]
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.object { json in
        try json.field("fits", fits)
        try AggregateDocument.writePlan(plan, &json)
        for (name, budget) in owners {
          try json.object(name) { json in try BudgetOutput.write(budget, asked: plan.charge, &json) }
        }
      }
      try json.finish()
    } else {
      try AggregateDocument.writeText(plan, to: console)
      for (name, budget) in owners {
        try console.output.write(
          "\(name): epsilon \(budget.epsilonSpent) of \(budget.epsilonLimit) spent, \(plan.charge.epsilon) asked, "
            + "\(budget.epsilonLeft) left\n")
      }
    }
    if !fits { console.warning("this does not fit the budgets, and would be refused") }
  }

  private func writeSummary(_ issued: SignedReceipt, _ plan: AggregatePlan, on console: Console) throws {
    guard options.json else {
      return try console.output.write(
        "\(export.out): \(plan.steps.count) queries for \(export.recipient), epsilon \(plan.charge.epsilon)"
          + (plan.charge.delta.isZero ? "" : ", delta \(plan.charge.delta)")
          + "\nrelease \(issued.body["release"]?.string ?? ""), receipt \(export.receipt)\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      for key in ["release", "recipient", "purpose", "legal_basis", "notice", "as_of", "sha256"] {
        try json.field(key, issued.body[key]?.string)
      }
      try json.field("file", export.out)
      try json.field("receipt", export.receipt)
      try AggregateDocument.writePlan(plan, &json)
    }
    try json.finish()
  }
}

/// Adds the rows of an export up.
final class TallyRows: ExportRows {
  let tally: AggregateTally

  /// A tally over rows of these columns; money has as many decimals as the vault's currency.
  init(_ queries: [AggregateQuery], columns: [String], exponent: Int) {
    let money: Set = ["amount", "purchase_value", "referral_value", "information_value"]
    tally = AggregateTally(queries, columns: columns) { money.contains($0) ? exponent : 0 }
  }

  func cell(_ column: Int, _ text: Span<UInt8>) { tally.cell(column, text) }
  func endRow() { tally.endRow() }
}
