import ArgumentParser
import Vault

/// `crmvault retention`
struct RetentionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retention", abstract: "Let customer data go that is older than the policy allows.",
    discussion: """
      The policy states it: 'retention: {classes: {behavior: 5y, consent: 6y, identity: 3y}, consents: {marketing: 2y}, \
      backups: 90d}'. Without a statement nothing ever goes. The log has a retention of its own: 'crmvault audit retention'.
      """,
    subcommands: [RetentionShow.self, RetentionApply.self])
}

/// `crmvault retention show`
struct RetentionShow: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show how long the policy keeps customer data.",
    discussion: """
      Exit status: 0 done, 66 no such vault, 76 integrity, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    let rules = try options.openSession(on: console).retentionRules()
    guard options.json else { return try RetentionText.write(rules, on: console) }
    var json = JSONWriter(to: console.output)
    try json.object { json in try json.fields(rules) }
    try json.finish()
  }
}

/// `crmvault retention apply`
struct RetentionApply: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Take away what is older than the policy allows.",
    discussion: """
      For privacy officers. Events go by their own time, superseded statements about consent by theirs; a consent ends \
      so long after it was given, and the customer is no longer reached for its purpose. Customers of whom nothing was \
      heard for longer than identity or profile are kept lose these: each by an erasure of its own, as 'crmvault subject \
      erase' would. What is under a legal hold or restricted stays.

      The log says by count and class what went, transaction by transaction. A run that was interrupted is continued by \
      the next one, and others can work meanwhile. Importing an old file again brings its old events back, to the next \
      run. Backups from before still have what goes here.

      Exit status: 0 done, 64 not confirmed, 66 no such vault, 74 input/output, 75 busy, 76 integrity, 77 not permitted, no \
      retention is stated, or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Flag(help: "Only count what is due.") var dryRun = false
  @Flag(help: "Only list customers of whom nothing was heard, and erase nothing of them.") var keepInactive =
    false
  @Option(help: "List at most so many of these.") var limit = 100

  func run(on console: Console) throws {
    guard limit >= 0 else { throw CommandFailure.usage("bad_limit", "--limit is not negative") }
    if !dryRun {
      try console.confirm("take away what is due of customers' data, for good", yes: options.yes)
    }
    let session = try options.openSession(on: console)
    let progress = Progress("looking at customers", of: 0, on: console)
    defer { progress.finish() }
    var inactive: [InactiveCustomer] = []
    let outcome = try session.applyRetention(
      purpose: options.purpose, isDryRun: dryRun, progress: { progress.advance(by: $0) }
    ) { inactive.append($0) }
    let erased = dryRun || keepInactive ? nil : try erase(inactive, outcome.purpose, session, progress)
    progress.finish()
    inactive.removeLast(max(0, inactive.count - limit))
    guard options.json else {
      return try RetentionText.write(outcome, inactive, erased: erased, isDryRun: dryRun, on: console)
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("dry_run", dryRun)
      try json.fields(outcome)
      try json.field("erased_customers", erased)
      try json.array("inactive_customers") { json in
        for customer in inactive {
          try json.object { json in
            try json.field("id", customer.pseudonym.description)
            try json.field("classes", customer.classes.map(\.name))
            try json.field("last", TimeText.utc(customer.last))
          }
        }
      }
    }
    try json.finish()
  }
}

extension RetentionApply {
  /// Erases identity and profile of customers of whom nothing was heard; how many. A legal hold that came since keeps one.
  private func erase(
    _ customers: [InactiveCustomer], _ purpose: String?, _ session: Session, _ progress: Progress
  ) throws -> Int {
    var erased = 0
    for customer in customers {
      do {
        _ = try session.eraseSubject(
          customer.pseudonym, Set(customer.classes), purpose: purpose, isDryRun: false)
        erased += 1
      } catch let error as VaultError where error.code == .legalHold {
        continue
      }
      progress.advance()
    }
    return erased
  }
}

extension RetentionText {
  /// The rules as sentences.
  static func write(_ rules: RetentionRules, on console: Console) throws {
    var lines = rules.classDays.sorted { $0.key < $1.key }.map {
      "\(words(for: $0.key)) after \($0.value) days."
    }
    lines += rules.consentDays.sorted { $0.key < $1.key }.map {
      "A consent for \($0.key) ends \($0.value) days after it was given."
    }
    if let days = rules.backupDays { lines.append("A backup may be \(days) days old.") }
    if !rules.isStated { lines.append("The policy states no retention for customer data: nothing goes.") }
    try console.output.write(lines.map { $0 + "\n" }.joined())
  }

  static func write(
    _ outcome: RetentionOutcome, _ inactive: [InactiveCustomer], erased: Int?, isDryRun: Bool,
    on console: Console
  ) throws {
    let counts = outcome.counts
    let verb = isDryRun ? "Due" : "Taken away"
    var lines = [
      "\(verb): \(counts.events) events and \(counts.statements) superseded statements about consent, of "
        + "\(counts.customers) of \(outcome.checked) customers."
    ]
    for (purpose, count) in counts.endedConsents.sorted(by: { $0.key < $1.key }) {
      lines.append("\(isDryRun ? "Would end" : "Ended"): \(count) consents for \(purpose).")
    }
    for (dataClass, count) in outcome.inactive.sorted(by: { $0.key < $1.key }) {
      lines.append("Inactive for longer than \(dataClass.name) is kept: \(count) customers.")
    }
    if let erased, erased > 0 { lines.append("Of \(erased) of these it was erased.") }
    try console.output.write(lines.map { $0 + "\n" }.joined())
    guard !inactive.isEmpty else { return }
    var table = TableWriter(["ID", "CLASSES", "LAST HEARD OF"], to: console.output)
    for customer in inactive {
      try table.cell(customer.pseudonym.description)
      try table.cell(customer.classes.map(\.name).joined(separator: ","))
      try table.cell(TimeText.utc(customer.last))
      try table.endRow()
    }
    try table.finish()
  }

  private static func words(for dataClass: DataClass) -> String {
    switch dataClass {
    case .identity: "Identity goes when nothing was heard of the customer,"
    case .profile: "Profile goes when nothing was heard of the customer,"
    case .behavior: "Events go"
    case .consent: "Superseded statements about consent go"
    case .score: "Saved scores go"
    }
  }
}

extension JSONWriter {
  /// Writes the members of a policy's rules of retention.
  mutating func fields(_ rules: RetentionRules) throws(CommandFailure) {
    try object("class_days") { (json: inout JSONWriter) throws(CommandFailure) in
      for (dataClass, days) in rules.classDays.sorted(by: { $0.key < $1.key }) {
        try json.field(dataClass.name, days)
      }
    }
    try object("consent_days") { (json: inout JSONWriter) throws(CommandFailure) in
      for (purpose, days) in rules.consentDays.sorted(by: { $0.key < $1.key }) {
        try json.field(purpose, days)
      }
    }
    try field("backup_days", rules.backupDays)
  }

  fileprivate mutating func fields(_ outcome: RetentionOutcome) throws(CommandFailure) {
    try fields(outcome.rules)
    try field("checked", outcome.checked)
    try field("customers", outcome.counts.customers)
    try field("events", outcome.counts.events)
    try field("statements", outcome.counts.statements)
    try object("ended_consents") { (json: inout JSONWriter) throws(CommandFailure) in
      for (purpose, count) in outcome.counts.endedConsents.sorted(by: { $0.key < $1.key }) {
        try json.field(purpose, count)
      }
    }
    try object("inactive") { (json: inout JSONWriter) throws(CommandFailure) in
      for (dataClass, count) in outcome.inactive.sorted(by: { $0.key < $1.key }) {
        try json.field(dataClass.name, count)
      }
    }
    try array("entries") { (json: inout JSONWriter) throws(CommandFailure) in
      try json.value(outcome.entries.intent)
      try json.value(outcome.entries.result)
    }
  }
}
