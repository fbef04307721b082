import Anonymization
import ArgumentParser
import Vault

/// `crmvault export budget`
struct ExportBudgetCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "budget", abstract: "Show what was spent of the privacy budgets, exactly.",
    discussion: """
      The vault's budget, or with --recipient that of one recipient. What counts is every charge that the vault or the \
      file beside the customer keys knows: a vault that was rolled back forgets nothing. The epsilon in total is the \
      smaller of the plain sum and the conversion of the summed zero-concentrated costs at the policy's delta.

      Exit status: 0 done, 64 usage, 66 no such vault, 76 integrity, 77 not permitted.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "The recipient whose budget is shown.") var recipient: String?

  func run(on console: Console) throws {
    guard recipient.map(ExportNames.isRecipient) ?? true else {
      throw CommandFailure.usage(
        "bad_recipient_name", "--recipient is a name of letters, digits, '.', '_' and '-'")
    }
    let account = try options.openSession(on: console).budgetAccount(purpose: options.purpose)
    let budget = recipient.map(account.recipient) ?? account.whole
    let charges = recipient.map(account.charges(to:)) ?? account.charges
    try options.json ? writeJSON(budget, charges, on: console) : writeText(budget, charges, on: console)
  }

  private func writeJSON(_ budget: PrivacyBudget, _ charges: [RecordedCharge], on console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("recipient", recipient)
      try BudgetOutput.write(budget, asked: nil, &json)
      try json.array("releases") { json in
        for charge in charges {
          try json.object { json in
            try json.field("release", charge.release.description)
            try json.field("recipient", charge.recipient ?? recipient)
            try json.field("epsilon", charge.charge.epsilon.description)
            try json.field("delta", charge.charge.delta.description)
            try json.field("t", charge.time)
          }
        }
      }
    }
    try json.finish()
  }

  private func writeText(_ budget: PrivacyBudget, _ charges: [RecordedCharge], on console: Console) throws {
    try console.output.write(
      "\(recipient ?? "the vault"): epsilon \(budget.epsilonSpent) of \(budget.epsilonLimit) spent, \(budget.epsilonLeft) left; "
        + "delta \(budget.deltaSpent) of \(budget.deltaLimit)\n")
    var table = TableWriter(["RELEASE", "RECIPIENT", "EPSILON", "DELTA", "TIME"], to: console.output)
    for charge in charges {
      try table.cell(charge.release.description)
      try table.cell(charge.recipient ?? recipient ?? "(only the warden knows)")
      try table.cell(charge.charge.epsilon.description)
      try table.cell(charge.charge.delta.description)
      try table.cell(charge.time ?? "-")
      try table.endRow()
    }
    try table.finish()
  }
}

/// A budget as programs read it.
enum BudgetOutput {
  /// The members: exact rationals as texts.
  static func write(_ budget: PrivacyBudget, asked: PrivacyCharge?, _ json: inout JSONWriter) throws {
    try json.field("limit", budget.epsilonLimit.description)
    try json.field("spent", budget.epsilonSpent.description)
    if let asked { try json.field("asked", asked.epsilon.description) }
    try json.field("left", budget.epsilonLeft.description)
    try json.field("delta_limit", budget.deltaLimit.description)
    try json.field("delta_spent", budget.deltaSpent.description)
    try json.field("delta_left", budget.deltaLeft.description)
    try json.field("epsilon_in_total", budget.epsilonInTotal(delta: budget.deltaLimit))
  }
}
