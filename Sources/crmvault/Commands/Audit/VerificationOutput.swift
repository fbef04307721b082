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
      try json.array("restores") { json in
        for restoration in report.restorations {
          try json.object { json in
            try json.field("seq", restoration.size)
            try json.field("origin", restoration.origin)
            try json.field("backup", restoration.backup.description)
            try json.field("newer_size", restoration.newer?.size)
            try json.field("by", restoration.request.by.description)
            try json.field("approved_by", restoration.approval?.by.description)
          }
        }
      }
      try json.field("checked_entries", report.checkedEntries)
      try json.field("checked_checkpoints", report.checkedCheckpoints)
      try json.field("opened_entries", report.openedEntries)
      try json.field("pruned_entries", report.prunedEntries)
      try json.field("pruned_below", report.prunedBelow)
      try json.field("erased_who", report.erasedParts[.who] ?? 0)
      try json.field("erased_what", report.erasedParts[.what] ?? 0)
      if let cosigned = report.cosigned { try json.field(cosigned) }
      if isVault { try vaultFields(&json) }
      try json.problemFields(report)
    }
    try json.finish()
  }

  private func vaultFields(_ json: inout JSONWriter) throws {
    try json.field("rows", report.rows)
    try json.field("customers", report.customers)
    try json.field("opened_records", report.openedRecords)
    if report.openedRecords != nil { try json.field("opened_slots", report.openedSlots) }
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
    for restoration in report.restorations {
      let known =
        restoration.newer.map { ", and left behind what \(Self.count($0.size, "entry", "entries")) told" }
        ?? ""
      lines.append(
        "Restored from a backup: entry \(restoration.size) goes on from it as origin /\(restoration.origin)\(known)"
          + (restoration.approval == nil ? "; there was nobody to approve it." : "."))
    }
    if report.prunedEntries > 0 {
      lines.append(
        "Gone under the retention policy, but for their hashes: "
          + "\(Self.count(report.prunedEntries, "entry", "entries")) below \(report.prunedBelow).")
    }
    for part in [Statement.LogPart.who, .what] {
      guard let count = report.erasedParts[part], count > 0 else { continue }
      lines.append(
        "Erased as a privacy officer stated: the \(part.rawValue) of \(Self.count(count, "entry", "entries"))."
      )
    }
    if let cosigned = report.cosigned { lines.append(Self.text(cosigned, of: report.size)) }
    if isVault, let rows = report.rows, let customers = report.customers {
      lines.append(
        "The rows are those that the log names: \(Self.count(rows, "row")), \(Self.count(customers, "customer"))."
      )
    }
    if let records = report.openedRecords {
      let classes = report.openedClasses.map(\.name).joined(separator: ", ")
      let slots = report.openedSlots > 0 ? ", \(Self.count(report.openedSlots, "slot")) of blocks" : ""
      lines.append("Opened and decoded: \(Self.count(records, "record")) of \(classes)\(slots).")
    }
    if report.sparedCustomers > 0 {
      lines.append(
        "Left out for what they said about the purpose: \(Self.count(report.sparedCustomers, "customer")).")
    }
    try console.output.write(lines.map { $0 + "\n" }.joined())
  }

  /// Up to where witnesses have signed, and since when that is so.
  private static func text(_ verdict: TrustPolicy.Verdict, of size: UInt64) -> String {
    let names = verdict.cosigned.map(\.name).joined(separator: ", ")
    let time = verdict.cosigned.map(\.time).max().map { " at \(TimeText.utc(seconds: $0))" } ?? ""
    let rest = size - min(size, verdict.checkpoint.size)
    return "Signed by witnesses as the trust policy demands (\(VisibleText.visible(names))): "
      + "the first \(count(verdict.checkpoint.size, "entry", "entries"))\(time); not yet the last \(rest)."
  }

  private static func count(_ number: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }
}

extension JSONWriter {
  /// Writes what a verification found, as members `problem_count` and `problems`.
  mutating func problemFields(_ report: VerificationReport) throws(CommandFailure) {
    try field("problem_count", report.problemCount)
    try array("problems") { (json: inout JSONWriter) throws(CommandFailure) in
      for problem in report.problems {
        try json.object { (json: inout JSONWriter) throws(CommandFailure) in
          try json.field("seq", problem.seq)
          try json.field("code", problem.code.name)
          try json.field("text", problem.text)
        }
      }
    }
  }

  /// Writes the head that witnesses have cosigned as the trust policy demands, as a member `cosigned`.
  mutating func field(_ verdict: TrustPolicy.Verdict) throws(CommandFailure) {
    try object("cosigned") { (json: inout JSONWriter) throws(CommandFailure) in
      try json.field("size", verdict.checkpoint.size)
      try json.field("root", Base64.encode(verdict.checkpoint.root.bytes))
      try json.array("witnesses") { (json: inout JSONWriter) throws(CommandFailure) in
        for witness in verdict.cosigned {
          try json.object { (json: inout JSONWriter) throws(CommandFailure) in
            try json.field("name", witness.name)
            try json.field("time", TimeText.utc(seconds: witness.time))
          }
        }
      }
    }
  }
}
