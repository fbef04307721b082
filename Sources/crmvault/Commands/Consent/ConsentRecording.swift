import ArgumentParser
import Ingest
import Vault

/// What the three commands take that record a consent.
struct ConsentOptions: ParsableArguments {
  @Argument(help: "The customer's id.") var id: String
  @Option(help: "Where it was said: a form, a call, a letter.") var source: String?
  @Option(help: "When it was said: RFC 3339, or YYYY-MM-DD (default: now).") var time: String?
  @Option(help: "The version of the text that the customer was shown.") var textVersion: String?
  @Option(help: "The legal basis (default: that of the purpose in the policy).") var legalBasis: String?
}

/// `crmvault consent grant`
struct ConsentGrant: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "grant", abstract: "Record that a customer consents to a purpose.",
    discussion: """
      --purpose names what is consented to. A consent ends an objection.

      Exit status: 0 done, 64 usage, 65 no such purpose or a time to come, 66 no such vault or customer, 74 \
      input/output, 75 busy, 76 integrity, 77 not permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var consent: ConsentOptions

  func run(on console: Console) throws { try consent.record(.granted, options, on: console) }
}

/// `crmvault consent withdraw`
struct ConsentWithdraw: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "withdraw", abstract: "Record that a customer takes a consent back.",
    discussion: """
      --purpose names what the consent was for. An objection that was made stays.

      Exit status: 0 done, 64 usage, 65 no such purpose or a time to come, 66 no such vault or customer, 74 \
      input/output, 75 busy, 76 integrity, 77 not permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var consent: ConsentOptions

  func run(on console: Console) throws { try consent.record(.withdrawn, options, on: console) }
}

/// `crmvault consent object`
struct ConsentObject: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "object", abstract: "Record that a customer objects to a purpose (GDPR article 21).",
    discussion: """
      --purpose names what is objected to. It stands until the customer consents.

      Exit status: 0 done, 64 usage, 65 no such purpose or a time to come, 66 no such vault or customer, 74 \
      input/output, 75 busy, 76 integrity, 77 not permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @OptionGroup var consent: ConsentOptions

  func run(on console: Console) throws { try consent.record(.objected, options, on: console) }
}

extension ConsentOptions {
  /// Records a statement and says what holds now.
  fileprivate func record(_ state: ConsentState, _ options: GlobalOptions, on console: Console) throws {
    let id = try CustomerID.parse(id)
    guard let purpose = options.purpose else {
      throw CommandFailure.usage(
        "purpose_needed", "nothing says what the customer consents or objects to",
        hints: "give --purpose PURPOSE; 'crmvault policy show' has the list")
    }
    for (text, option) in [
      (source, "--source"), (textVersion, "--text-version"), (legalBasis, "--legal-basis"),
    ] {
      try ConsentText.check(text, option)
    }
    let statement = Session.ConsentStatement(
      purpose: purpose, state: state, source: source ?? "", textVersion: textVersion ?? "",
      time: try seconds(), legalBasis: legalBasis)
    let outcome = try options.openSession(on: console).recordConsent(id, statement)
    let standing = outcome.standing
    guard options.json else {
      let text = outcome.isNew ? "Recorded." : "This was recorded already."
      return try console.output.write(
        "\(text) \(purpose) is \(standing.state.name) since \(TimeText.utc(standing.last.time)).\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("id", outcome.customer.description)
      try json.field("purpose", purpose)
      try json.field("recorded", outcome.isNew)
      try json.field("state", standing.state.name)
      try json.field("time", TimeText.utc(standing.last.time))
    }
    try json.finish()
  }

  private func seconds() throws(CommandFailure) -> Int64? {
    guard let time else { return nil }
    do throws(RejectionCode) {
      return try ImportTime(parsing: time.utf8.span).seconds
    } catch {
      throw .usage("bad_time", "--time: \(error.message)", hints: "RFC 3339, or YYYY-MM-DD")
    }
  }
}

/// Texts that go with a consent.
enum ConsentText {
  /// Refuses what is no line of a usable length.
  static func check(_ text: String?, _ option: String) throws(CommandFailure) {
    guard let text else { return }
    guard text.utf8.count <= ConsentChange.textLimit, !text.isEmpty,
      !text.unicodeScalars.contains(where: VisibleText.isUnsafe)
    else {
      throw .usage("bad_text", "\(option) is one line of 1 to \(ConsentChange.textLimit) bytes")
    }
  }
}
