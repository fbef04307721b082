import ArgumentParser
import AuditLog
import Vault

/// `crmvault subject hold`
struct SubjectHold: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Lay a legal hold on classes of a customer: nobody can erase them.",
    discussion: """
      An erasure of a class under a hold is refused, by the governance chain too, and told the reason. Identity can go \
      while the law keeps the transactions: hold behavior, erase identity.

      Exit status: 0 done, 64 usage, 65 a time that is over, 66 no such vault or customer, or the class is erased, 74 \
      input/output, 75 busy, 76 integrity, 77 not permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The customer's id.") var id: String
  @Option(name: .customLong("class"), help: "Data classes with commas between them, or 'all'.")
  var classes: String
  @Option(help: "The reference of the case or the law: one line.") var reason: String
  @Option(help: "Until when, YYYY-MM-DD or RFC 3339 (default: until it is released).") var until: String?

  func run(on console: Console) throws {
    let id = try CustomerID.parse(id)
    let classes = try DataClassList.parse(classes, "--class")
    guard (1...200).contains(reason.utf8.count), !reason.unicodeScalars.contains(where: VisibleText.isUnsafe)
    else { throw CommandFailure.usage("bad_reason", "--reason is one line of 1 to 200 bytes") }
    let session = try options.openSession(on: console)
    let until = try until.map { try TimeBound.last($0, session) }
    let ordered = try session.holdSubject(id, classes, reason: reason, until: until)
    try SubjectOutput.write(ordered, "is held", options, on: console) { json in
      try json.field("classes", classes.sorted().map(\.name))
      try json.field("until", until?.description)
    }
  }
}

/// `crmvault subject release-hold`
struct SubjectReleaseHold: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "release-hold", abstract: "Take legal holds on classes of a customer away.",
    discussion: """
      Exit status: 0 done, 64 usage, 66 no such vault or customer, or no such hold, 74 input/output, 75 busy, 76 \
      integrity, 77 not permitted, not confirmed or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The customer's id.") var id: String
  @Option(name: .customLong("class"), help: "Data classes with commas between them, or 'all'.")
  var classes = "all"

  func run(on console: Console) throws {
    let id = try CustomerID.parse(id)
    let classes = try DataClassList.parse(classes, "--class")
    try console.confirm("release the legal hold on \(id)", yes: options.yes)
    let ordered = try options.openSession(on: console).releaseSubject(id, classes)
    try SubjectOutput.write(ordered, "is released", options, on: console) { json in
      try json.field("classes", classes.sorted().map(\.name))
    }
  }
}

/// `crmvault subject restrict`
struct SubjectRestrict: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "restrict", abstract: "Restrict a customer's data: kept, and not used (GDPR article 18).",
    discussion: """
      Nothing but storage, legal claims (legal-obligation) and the customer's own requests (data-subject-request) \
      reaches it. Runs over everybody leave the customer out, and count it.

      Exit status: 0 done, 66 no such vault or customer, 73 restricted already, 74 input/output, 75 busy, 76 integrity, \
      77 not permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The customer's id.") var id: String

  func run(on console: Console) throws {
    let ordered = try options.openSession(on: console).restrictSubject(try CustomerID.parse(id))
    try SubjectOutput.write(ordered, "is restricted", options, on: console) { _ in }
  }
}

/// `crmvault subject unrestrict`
struct SubjectUnrestrict: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "unrestrict", abstract: "Take the restriction of a customer's data away.",
    discussion: """
      Exit status: 0 done, 66 no such vault or customer, or not restricted, 74 input/output, 75 busy, 76 integrity, 77 \
      not permitted or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The customer's id.") var id: String

  func run(on console: Console) throws {
    let ordered = try options.openSession(on: console).unrestrictSubject(try CustomerID.parse(id))
    try SubjectOutput.write(ordered, "is no longer restricted", options, on: console) { _ in }
  }
}

/// What became of an order about a customer.
enum SubjectOutput {
  static func write(
    _ ordered: Session.OrderedCustomer, _ what: String, _ options: GlobalOptions, on console: Console,
    _ members: (inout JSONWriter) throws -> Void
  ) throws {
    guard options.json else {
      let others = ordered.merged.isEmpty ? "" : ", with \(ordered.merged.count) merged into it,"
      return try console.output.write("\(ordered.customer)\(others) \(what).\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("id", ordered.customer.description)
      try json.field("merged", ordered.merged.map(\.description))
      try json.field("seq", ordered.seq)
      try members(&json)
    }
    try json.finish()
  }
}
