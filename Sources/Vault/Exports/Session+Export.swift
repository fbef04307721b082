public import AuditLog
internal import Scoring
internal import Sodium

extension Session {
  /// Reads what an export needs, lets `conclude` make and measure the file, and writes down the release.
  ///
  /// The order: intent, durable; consent joined; rows; `conclude`, behind which the file lies under a temporary name;
  /// then, in one transaction, the result with whom it touched, the entry that carries the receipt's hash, and the
  /// catalogue's row. Only then the receipt exists, and the file may get its name. What fails in between is the result
  /// of the intent.
  ///
  /// - Parameters:
  ///   - rows: takes the rows.
  ///   - code: the word that an error of `conclude` is told by.
  ///   - conclude: runs outside of any transaction; nil where nothing leaves.
  /// - Returns: the receipt, or nil after a dry run.
  public func export(
    _ order: ExportOrder, into rows: any ExportRows, code: (any Error) -> String,
    conclude: (ExportGathering) throws -> ReleaseDraft?
  ) throws -> SignedReceipt? {
    let release = ReleaseID.random()
    let notice = try notice(of: order)
    return try access(try request(order, release, notice)) { context in
      try context.work(environment.warden)
    } release: { receipt, context, work in
      guard case .many(let subjects) = receipt.subjects, let purpose = context.purpose else {
        throw VaultError(.notPermitted, "the access that was granted does not cover every customer")
      }
      // Nobody is touched before what it costs was spent.
      var touched = try SubjectSet(universe: context.universe)
      let written: WrittenDown?
      do {
        // What cannot be read is told before anything is spent.
        var scan = try ExportScan(order.plan, context, work, subjects, today: environment.clock.seconds)
        if let budget = order.budget { try spend(budget, for: release, context) }
        touched = subjects
        try scan.run(environment.store, into: rows, for: receipt)
        try requireOrdered(scan.untouched)
        for ordinal in scan.untouched { touched.remove(ordinal) }
        // Dropped, and so wiped, when this access ends: what is left of it are two shares.
        let key = order.kind == .pseudonymized ? SharedKey(Key<ReleaseKeyPurpose>.random()) : nil
        let gathering = try gathering(scan, order, release, purpose, notice, key, context)
        if let draft = try conclude(gathering) {
          var issue = ReleaseIssue(
            order: order, gathering: gathering, draft: draft, touched: touched, ordinals: scan.ordinals)
          issue.shares = try key.map { try ReleaseShares.seal($0, of: release, context.opened.governance) }
          written = try self.write(issue, context)
        } else {
          try recordResult(of: context, order.kind.action, touched: touched)
          written = nil
        }
      } catch {
        try recordFailure(code(error), of: context, order.kind.action, touched: touched)
        throw error
      }
      return try written.map { try self.receipt($0, vault: context.vaultID) }
    }
  }

  private func gathering(
    _ scan: borrowing ExportScan, _ order: ExportOrder, _ release: ReleaseID, _ purpose: Purpose,
    _ notice: String,
    _ key: SharedKey<ReleaseKeyPurpose>?, _ context: AccessContext
  ) throws -> ExportGathering {
    let ordinals = scan.ordinals
    let excluded = scan.excluded.sorted { $0.key < $1.key }.map { (reason: $0.key, customers: $0.value) }
    return ExportGathering(
      release: release, purpose: purpose, notice: notice, asOf: scan.asOf, rows: ordinals.count,
      excluded: try excluded + leftOut(scan.withheld, purpose, context),
      intent: context.entry, rules: context.opened.policy.exports,
      earlier: EarlierReleases([], universe: Int(context.universe), ordinals: ordinals),
      uncompared: try earlierReleases(to: order.recipient, context),
      pseudonyms: key.map { ReleasePseudonyms(key: $0, ordinals: ordinals) })
  }

  /// How many releases of recoded rows a recipient has already.
  private func earlierReleases(to recipient: String, _ context: AccessContext) throws -> Int {
    let records = try environment.store.read { reader in
      try self.releases(reader, try context.keys.classKey(.score, reader), context.vaultID)
    }
    return records.count { record in
      record.text("kind") == ReleaseKind.anonymized.rawValue
        && record.text("recipient")?.lowercased() == recipient.lowercased()
    }
  }

  /// The notice that an order names, else the policy's.
  private func notice(of order: ExportOrder) throws -> String {
    if let notice = order.notice { return notice }
    guard let notice = try readPublic({ $1.policy.exports.notice }) else {
      throw VaultError(
        .usage, "the version of the privacy notice is needed",
        hint: "add --notice REF, or exports: {notice: REF} to the policy")
    }
    return notice
  }

  private func request(_ order: ExportOrder, _ release: ReleaseID, _ notice: String) throws -> AccessRequest {
    var request = AccessRequest(
      order.kind.action, purpose: order.purpose, subject: .everybody,
      classes: order.plan.classes.union([.score]))
    var details = order.details
    details["release"] = .string(release.description)
    details["recipient"] = .string(order.recipient)
    details["notice"] = .string(notice)
    details["columns"] = .array(order.plan.columns.map { .string($0.name) })
    if order.isDryRun { details["dry_run"] = true }
    request.details = .object(details)
    return request
  }

  /// The result of an export that came to nothing.
  func recordFailure(_ code: String, of context: AccessContext, _ action: Action, touched: SubjectSet) throws
  {
    var draft = EntryDraft(.access, action.rawValue)
    draft.purpose = context.purpose
    draft.classes = Array(context.classes)
    draft.outcome = .error(code: code)
    draft.phase = .result
    draft.ref = context.entry
    draft.ticket = ticket
    try record(draft, as: context.role, set: touched)
  }
}

extension ExportScan {
  /// A scan of a plan's columns, which the policy must know.
  init(
    _ plan: ExportPlan, _ context: Session.AccessContext, _ work: RecordWork, _ subjects: SubjectSet,
    today seconds: Int64
  ) throws {
    let policy = context.opened.policy
    let columns = try plan.columns.map {
      try ExportColumn($0.name, isRequired: $0.isRequired, policy: policy)
    }
    let days = try LocalDays(zone: context.settings.zone)
    let asOf = plan.asOf ?? LocalDay(daysSinceEpoch: days.day(ofSeconds: seconds))
    guard let window = plan.window(asOf) else {
      throw VaultError(.usage, "the window begins before the calendar does")
    }
    guard let digits = plan.minorDigits(context.settings.currency) else {
      throw VaultError(.configuration, "the decimals of the vault's currency are not known")
    }
    try self.init(columns, window: window, work: work, subjects: subjects, minorDigits: digits, days: days)
  }
}
