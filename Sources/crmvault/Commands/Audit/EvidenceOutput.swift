import AuditLog
import Sodium
import Vault

/// Writes what was found of proofs, packages and published logs, and ends the command with 76 when something does not
/// verify.
struct EvidenceOutput {
  private let checks: [EvidenceCheck]

  /// The output of `audit verify-proof`.
  init(_ checks: [EvidenceCheck]) { self.checks = checks }

  /// Writes the result.
  ///
  /// - Throws: an integrity failure when something does not verify.
  func write(json: Bool, on console: Console) throws {
    if json { try writeJSON(on: console) } else { try writeText(on: console) }
    let failed = checks.filter { !$0.isOK }
    guard failed.isEmpty else {
      throw CommandFailure(
        "integrity",
        failed.count == 1
          ? "\(failed[0].file) does not verify" : "\(failed.count) of \(checks.count) do not verify",
        hints: ["do not rely on what it says", "is the public key the right one?"], exit: .integrity)
    }
  }

  private func writeText(on console: Console) throws {
    for check in checks {
      let name = VisibleText.visible(check.file)
      for problem in check.problems {
        try console.output.write("\(name): DOES NOT VERIFY: \(VisibleText.visible(problem))\n")
      }
      guard check.isOK else { continue }
      for fact in Self.facts(check) { try console.output.write("\(name): \(VisibleText.visible(fact))\n") }
    }
  }

  private static func facts(_ check: EvidenceCheck) -> [String] {
    if let report = check.report {
      return [
        "verifies: \(check.checkedEntries ?? 0) entries, up to size \(report.size), "
          + "root \(Base64.encode(report.root.bytes))"
      ]
    }
    guard let proven = check.proven else { return check.facts }
    let head = proven.checkpoint
    var facts = [
      "entry \(proven.envelope.seq) of \(head.origin), at size \(head.size), of \(proven.envelope.time)"
    ]
    if let what = proven.what {
      var text = what.action + (what.phase.map { " (\($0.rawValue))" } ?? "")
      if let purpose = what.purpose { text += " for \(purpose)" }
      if let subject = what.subject { text += ", customer \(subject)" }
      if let set = what.set { text += ", \(set.count) of \(set.universe) customers" }
      facts.append("what: \(text), \(what.outcomeName)")
    }
    if let who = proven.who { facts.append("who: \(who.actor) as \(who.role)") }
    if let customer = check.customer { facts.append("it enrolled \(customer)") }
    for member in check.members {
      facts.append("\(member.customer) \(member.isMember ? "is" : "is not") in its set of customers")
    }
    return facts
  }

  private func writeJSON(on console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("ok", checks.allSatisfy(\.isOK))
      try json.array("files") { json in
        for check in checks { try json.object { json in try Self.write(check, &json) } }
      }
    }
    try json.finish()
  }

  private static func write(_ check: EvidenceCheck, _ json: inout JSONWriter) throws {
    try json.field("file", check.file)
    try json.field("kind", check.kind)
    try json.field("ok", check.isOK)
    if let report = check.report {
      try json.field("size", report.size)
      try json.field("root", Base64.encode(report.root.bytes))
      try json.field("checked_entries", check.checkedEntries)
      try json.field("checked_checkpoints", report.checkedCheckpoints)
    }
    if let proven = check.proven { try write(proven, &json) }
    if let erasure = check.erasure { try write(erasure, &json) }
    if let customer = check.customer { try json.field("customer", customer.description) }
    if !check.members.isEmpty {
      try json.array("sets") { json in
        for member in check.members {
          try json.object { json in
            try json.field("customer", member.customer.description)
            try json.field("member", member.isMember)
          }
        }
      }
    }
    try json.field("problems", check.problems)
  }

  private static func write(_ erasure: ProvenErasure, _ json: inout JSONWriter) throws {
    try json.field("origin", erasure.checkpoint.origin)
    try json.field("size", erasure.checkpoint.size)
    try json.field("seq", erasure.seq)
    try json.field("t", erasure.time.description)
    try json.field("customer", erasure.customer.description)
    try json.field("merged", erasure.merged.map(\.description))
    try json.field("classes", erasure.classes.map(\.name))
    try json.field("kept", erasure.kept.map(\.name))
    try json.field("signed_by", erasure.signedBy.description)
    try json.field("tags", erasure.tags)
    try json.field("not_reached", erasure.notReached)
  }

  private static func write(_ proven: ProvenEntry, _ json: inout JSONWriter) throws {
    try json.field("origin", proven.checkpoint.origin)
    try json.field("size", proven.checkpoint.size)
    try json.field("seq", proven.envelope.seq)
    try json.field("t", proven.envelope.time.description)
    try json.field("entry_kind", proven.envelope.kind.rawValue)
    if let what = proven.what {
      try json.field("action", what.action)
      try json.field("purpose", what.purpose)
      try json.field("legal_basis", what.legalBasis)
      try json.field("subject", what.subject)
      try json.field("outcome", what.outcomeName)
      try json.field("phase", what.phase?.rawValue)
      try json.field("ref", what.ref)
    }
    if let who = proven.who {
      try json.field("actor", who.actor)
      try json.field("role", who.role)
    }
  }
}
