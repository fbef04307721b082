import Anonymization
import AuditLog
import Release
import Vault

/// What is to be done where a release, held together with earlier ones, would leave too few candidates.
enum LossRule: String, CaseIterable {
  /// Nothing is handed out.
  case refuse
  /// Customers who would have too few candidates are left out.
  case suppress
  /// Classes are made larger until it is safe.
  case coarsen
}

/// Holds a recoding against the releases that the recipient, and everybody together, may hold.
struct CrossRelease {
  let earlier: EarlierReleases
  let plan: ReleasePlan

  /// What is left of k over several releases.
  struct Figures {
    /// How many releases there are with this one.
    let releases: Int
    /// The standing with this release.
    let standing: CandidateSets.Standing
    /// How many customers had too few candidates before it.
    let failingBefore: Int
    /// Whether the release makes it no worse.
    var isSafe: Bool { standing.failing.count <= failingBefore }
  }

  /// The figures for the releases of the recipient, and for all of them.
  func figures(of recoding: Recoding) throws -> (recipient: Figures, everybody: Figures) {
    (
      try figures(recoding, earlier.releases.filter(\.isRecipients)),
      try figures(recoding, earlier.releases)
    )
  }

  private func check(_ recoding: Recoding, _ releases: [EarlierReleases.Release]) throws -> (
    check: CrossReleaseCheck, before: Int
  ) {
    var ledger = ReleaseLedger(customers: earlier.universe)
    for release in releases { try ledger.add(release.classes) }
    let proposed = earlier.byOrdinal(recoding.classOfRow) { _ in ReleaseLedger.absent }
    let (l, sensitive) = diversity
    let check = try CrossReleaseCheck(
      ledger, proposed: proposed, k: plan.profile.k, l: l, sensitive: sensitive)
    let before =
      releases.isEmpty
      ? 0 : ledger.candidates().standing(k: plan.profile.k, l: l, sensitive: sensitive).failing.count
    return (check, before)
  }

  /// The distinct values that every sensitive column must have, and its values by ordinal. Of who is not in the table
  /// nothing is known here, so that each counts as a value of its own.
  private var diversity: (l: [Int], sensitive: [[UInt32]]) {
    let columns = plan.microdata.sensitive
    let l = columns.map { column in
      column.diversity.map { diversity in
        if case .distinct(let l) = diversity { l } else { 1 }
      }.max() ?? 1
    }
    return (l, columns.map { column in earlier.byOrdinal(column.codes) { UInt32(1 << 31 + $0) } })
  }

  private func figures(_ recoding: Recoding, _ releases: [EarlierReleases.Release]) throws -> Figures {
    let (check, before) = try check(recoding, releases)
    return Figures(releases: releases.count + 1, standing: check.standing(), failingBefore: before)
  }

  /// The recoding made safe by a rule; the recoding itself where it is safe, or where nothing leaves and nothing was to
  /// be done.
  ///
  /// - Throws: where it is not safe and cannot be made so, with what could be done.
  func settled(
    _ recoding: Recoding, _ recoder: (Int) throws -> Recoder, _ rule: LossRule, isDryRun: Bool,
    using generator: inout some RandomNumberGenerator, _ console: Console
  ) throws -> Recoding {
    let first = try figures(of: recoding).recipient
    guard !first.isSafe else { return recoding }
    console.notice(
      "together with \(first.releases - 1) earlier, \(first.standing.failing.count) of \(first.standing.customers) "
        + "customers would have too few candidates (\(first.standing.alone) none but themselves); before it "
        + "\(first.failingBefore)")
    switch rule {
    case .refuse:
      if isDryRun { return recoding }
      throw try refusal(recoding)
    case .suppress: return try suppressed(recoding, try recoder(plan.profile.k))
    case .coarsen:
      var k = plan.profile.k
      while k <= plan.microdata.rowCount / 2 {
        k *= 2
        guard let coarser = try? recoder(k).recode(plan.profile.mode, using: &generator) else { break }
        if try figures(of: coarser).recipient.isSafe { return coarser }
      }
      throw try refusal(recoding)
    }
  }

  private func suppressed(_ recoding: Recoding, _ recoder: Recoder) throws -> Recoding {
    var result = recoding
    let rowOfOrdinal = Dictionary(
      earlier.ordinalOfRow.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    for _ in 0..<100 {
      let now = try figures(of: result).recipient
      if now.isSafe { return result }
      let rows = now.standing.failing.compactMap { rowOfOrdinal[$0] }.filter {
        result.classOfRow[$0] != Recoding.suppressed
      }
      guard !rows.isEmpty else { break }
      result = try recoder.suppress(rows, in: result)
    }
    throw try refusal(recoding)
  }

  private func refusal(_ recoding: Recoding) throws -> CommandFailure {
    let mine = earlier.releases.filter(\.isRecipients)
    var hints: [String] = []
    for remedy in try check(recoding, mine).check.remedies() {
      switch remedy {
      case .reuse(let release):
        hints.append("--reuse \(mine[release].id) publishes the classes of that release")
      case .suppress(let customers):
        hints.append("--on-loss suppress leaves \(customers.count) or more customers out")
      case .coarsen: break
      }
    }
    hints.append("--on-loss coarsen looks for larger classes")
    return CommandFailure(
      "linkable", "held together with earlier releases this one leaves customers with too few candidates",
      hints: hints, exit: .badInput)
  }

  /// What the risk report says.
  static func reported(_ figures: (recipient: Figures, everybody: Figures)) -> [RiskReport.Linkability] {
    [
      RiskReport.Linkability(
        holder: "the recipient", releases: figures.recipient.releases, standing: figures.recipient.standing),
      RiskReport.Linkability(
        holder: "all recipients together", releases: figures.everybody.releases,
        standing: figures.everybody.standing),
    ]
  }

  /// What the receipt says: to its reader, of what the reader holds.
  static func body(_ figures: Figures) -> JSONObject {
    [
      "releases": .integer(Int64(figures.releases)), "customers": .integer(Int64(figures.standing.customers)),
      "k": .integer(Int64(figures.standing.k)), "below_k": .integer(Int64(figures.standing.belowK)),
      "alone": .integer(Int64(figures.standing.alone)),
    ]
  }
}
