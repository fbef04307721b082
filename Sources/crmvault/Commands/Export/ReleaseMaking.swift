import Anonymization
import AuditLog
import DisclosureRisk
import Release
import Scoring
import Vault

/// From the rows of an export to a measured file under a temporary name.
struct ReleaseMaking {
  let profile: ExportProfile
  let recipient: String
  let format: ReleaseFormat
  let age: AgeProgram?
  let report: String?
  let onLoss: LossRule
  let reuse: ReleaseID?
  let isDryRun: Bool
  let console: Console

  /// What was made.
  struct Made {
    let gathering: ExportGathering
    let plan: ReleasePlan
    let written: WrittenRelease
    let linkability: (recipient: CrossRelease.Figures, everybody: CrossRelease.Figures)
    let draft: ReleaseDraft
    let report: (path: String, text: String)?

    /// Writes the risk report.
    func publishReport() throws {
      guard let report else { return }
      try DraftFile.publish(Array(report.text.utf8), at: report.path)
    }

    /// Says what was handed out.
    func writeSummary(_ issued: SignedReceipt?, export: ExportOptions, json: Bool, on console: Console) throws
    {
      let facts = ExportFacts(
        gathering: gathering, recipient: export.recipient, issued: issued, receipt: export.receipt,
        linkability: linkability)
      let summary = ReleaseSummary(
        plan: plan, measures: written.measures, file: issued == nil ? nil : export.out,
        sha256: written.file.sha256,
        export: facts)
      try json ? summary.writeJSON(to: console) : summary.writeText(to: console)
      if issued?.body["unapproved"] == true {
        console.warning(
          "the risk is above the policy's limit, and there is no second person yet who could approve it")
      }
    }
  }

  /// Recodes, writes and measures.
  func make(_ table: SourceTable, _ gathering: ExportGathering, _ file: borrowing DraftFile) throws -> Made {
    let plan = try ReleasePlan(profile.profile, table)
    var generator = SystemRandomNumberGenerator()
    let cross = CrossRelease(earlier: gathering.earlier, plan: plan)
    let recoding = try cross.settled(
      try recode(plan, gathering.earlier, using: &generator), { try Self.recoder(plan, k: $0) }, onLoss,
      isDryRun: isDryRun, using: &generator, console)
    let linkability = try cross.figures(of: recoding)
    let output = ReleaseOutput(plan: plan, recoding: recoding, format: format, age: age, console: console)
    let written = try output.write(to: file, order: plan.order(recoding, using: &generator))
    try plan.compare(written.measures, with: recoding.claims(of: plan.microdata))
    var body = ReleaseBody.make(profile, plan, written, format: format)
    if gathering.uncompared > 0 {
      body["uncompared_releases"] = .integer(Int64(gathering.uncompared))
      console.warning(
        "the recipient has \(gathering.uncompared) earlier \(gathering.uncompared == 1 ? "release" : "releases") of these people, "
          + "which were not held against this one: together they may tell more")
    }
    body["linkability"] = .object(CrossRelease.body(linkability.recipient))
    let page: (path: String, text: String)? = try report.map { path in
      let report = RiskReport(
        plan, recoding, written.measures, file: file.path, linkability: CrossRelease.reported(linkability))
      return (path, try report.html(using: &generator))
    }
    var draft = ReleaseDraft(body: body, classOfRow: recoding.classOfRow)
    draft.approval = approval(written, gathering)
    return Made(
      gathering: gathering, plan: plan, written: written, linkability: linkability, draft: draft, report: page
    )
  }

  private static func recoder(_ plan: ReleasePlan, k: Int) throws -> Recoder {
    try Recoder(plan.microdata, limits: PrivacyLimits(k: k, suppression: plan.profile.suppression))
  }

  /// Recodes the table, or takes the classes of an earlier release.
  private func recode(
    _ plan: ReleasePlan, _ earlier: EarlierReleases, using generator: inout some RandomNumberGenerator
  ) throws -> Recoding {
    guard let reuse else { return try TableAnonymizeCommand.recode(plan, using: &generator, on: console) }
    guard let release = earlier.releases.first(where: { $0.id == reuse }) else {
      throw VaultError(
        .notFound, "there is no anonymized release \(reuse) whose classes could be taken",
        hint: "crmvault export list shows them")
    }
    return try Self.recoder(plan, k: plan.profile.k).recode(inClasses: earlier.classOfRow(in: release))
  }

  /// What a second person must approve of a release whose risk is above the policy's limit. It covers whom the file is
  /// for, what it is used for, and how it is recoded; the risk of the very file is told beside it.
  private func approval(_ written: WrittenRelease, _ gathering: ExportGathering) -> (JSONObject, String)? {
    let risk = written.measures.risk.prosecutorMax
    guard risk > gathering.rules.risk.approximation + 1e-9 else { return nil }
    let content: JSONObject = [
      "recipient": .string(recipient.lowercased()), "purpose": .string(gathering.purpose.name),
      "notice": .string(gathering.notice), "profile": .string(profile.sha256),
      "constraints": .object(ReleaseBody.constraints(profile.profile)),
    ]
    return (
      content, "the greatest risk of the release is \(risk), the policy's limit is \(gathering.rules.risk)"
    )
  }
}

/// What is told of a release beside its measures.
struct ExportFacts {
  let gathering: ExportGathering
  let recipient: String
  let issued: SignedReceipt?
  let receipt: String
  /// What holding several releases leaves, where they are compared.
  var linkability: (recipient: CrossRelease.Figures, everybody: CrossRelease.Figures)?

  /// The release's id; nil after a dry run.
  var release: String? { issued == nil ? nil : gathering.release.description }

  /// The reasons for which customers are not in the file.
  var excluded: [(reason: String, customers: UInt64)] { gathering.excluded }

  /// The fields behind those of any release.
  func writeFields(_ json: inout JSONWriter) throws {
    try json.field("receipt", issued == nil ? nil : receipt)
    try json.field("recipient", recipient)
    try json.field("purpose", gathering.purpose.name)
    try json.field("legal_basis", gathering.purpose.legalBasis)
    try json.field("notice", gathering.notice)
    try json.field("as_of", gathering.asOf.description)
    try json.field("entry", gathering.intent)
    try json.field("uncompared_releases", gathering.uncompared)
    guard let linkability else { return }
    try json.object("linkability") { json in
      for (name, figures) in [("recipient", linkability.recipient), ("everybody", linkability.everybody)] {
        try json.object(name) { json in
          try json.field("releases", figures.releases)
          try json.field("customers", figures.standing.customers)
          try json.field("k", figures.standing.k)
          try json.field("below_k", figures.standing.belowK)
          try json.field("alone", figures.standing.alone)
        }
      }
    }
  }

  /// A line for people.
  var line: String {
    var line = issued == nil ? "" : "\(gathering.release) for \(recipient), "
    line += "purpose \(gathering.purpose.name) (\(gathering.purpose.legalBasis)), notice \(gathering.notice)"
    let left = excluded.map { "\($0.reason) \($0.customers)" }.joined(separator: ", ")
    return left.isEmpty ? line : line + "; not included: " + left
  }
}
