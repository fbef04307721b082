import AuditLog
import Sodium
import Vault

/// Writes what a verification found, and ends the command with 76 when that is anything.
struct VerificationOutput {
  private let report: VerificationReport
  private let isVault: Bool

  /// The output of `audit verify`, or of `verify` for the whole vault.
  init(_ report: VerificationReport, isVault: Bool) {
    self.report = report
    self.isVault = isVault
  }

  /// Writes the result.
  ///
  /// - Throws: an integrity failure when there are problems.
  func write(json: Bool, on console: Console) throws {
    if json { try writeJSON(on: console) } else { try writeText(on: console) }
    guard report.isOK else {
      throw CommandFailure(
        "integrity",
        "the \(isVault ? "vault" : "log") does not verify: \(Self.count(report.problemCount, "problem")) found",
        hints: ["keep a copy as evidence before anything else", "tell the privacy officer"], exit: .integrity)
    }
  }

  private func writeJSON(on console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("ok", report.isOK)
      try json.field("size", report.size)
      try json.field("root", Base64.encode(report.root.bytes))
      try json.field("checked_entries", report.checkedEntries)
      try json.field("checked_checkpoints", report.checkedCheckpoints)
      try json.field("opened_entries", report.openedEntries)
      if isVault { try vaultFields(&json) }
      try json.field("problem_count", report.problemCount)
      try json.array("problems") { json in
        for problem in report.problems {
          try json.object { json in
            try json.field("seq", problem.seq)
            try json.field("code", problem.code.name)
            try json.field("text", problem.text)
          }
        }
      }
    }
    try json.finish()
  }

  private func vaultFields(_ json: inout JSONWriter) throws {
    try json.field("rows", report.rows)
    try json.field("customers", report.customers)
    try json.field("opened_records", report.openedRecords)
    try json.field("opened_classes", report.openedClasses.map(\.name))
    try json.field("spared_customers", report.sparedCustomers)
  }

  private func writeText(on console: Console) throws {
    for problem in report.problems {
      let place = problem.seq.map { "entry \($0): " } ?? ""
      try console.output.write("\(problem.code.name): \(place)\(VisibleText.visible(problem.text))\n")
    }
    guard report.isOK else { return }
    var lines = [
      "The log verifies: \(Self.count(report.size, "entry", "entries")), "
        + Self.count(report.checkedCheckpoints, "checkpoint") + ".",
      "Root: \(Base64.encode(report.root.bytes))",
    ]
    lines.append(
      report.openedEntries > 0
        ? "Both sealed parts of \(Self.count(report.openedEntries, "entry", "entries")) open to their envelopes."
        : "Sealed parts were not opened: that takes the role auditor or privacy-officer.")
    if isVault, let rows = report.rows, let customers = report.customers {
      lines.append(
        "The rows are those that the log names: \(Self.count(rows, "row")), \(Self.count(customers, "customer"))."
      )
    }
    if let records = report.openedRecords {
      let classes = report.openedClasses.map(\.name).joined(separator: ", ")
      lines.append("Opened and decoded: \(Self.count(records, "record")) of \(classes).")
    }
    if report.sparedCustomers > 0 {
      lines.append(
        "Left out for what they said about the purpose: \(Self.count(report.sparedCustomers, "customer")).")
    }
    try console.output.write(lines.map { $0 + "\n" }.joined())
  }

  private static func count(_ number: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }
}
