internal import AuditLog
internal import Sodium

extension Session {
  /// How long the policy in force keeps customer data.
  public func retentionRules() throws -> RetentionRules { try readPublic { $1.policy.retention } }

  /// Takes away what of customers' data is older than the policy allows: an intent in the log, then short transactions,
  /// each with an entry of what it took away, then a result with the sums.
  ///
  /// A run that is killed has taken away what its entries say; the next one does the rest. Identity and profile of
  /// customers who were not heard of for too long are told to `inactive` and not touched.
  ///
  /// - Parameters:
  ///   - isDryRun: whether it is only counted.
  ///   - progress: is told how many more customers were looked at; what it throws interrupts the run there.
  ///   - inactive: is told of each customer whose identity or profile is over.
  /// - Throws: `.notPermitted` where the policy states no retention.
  public func applyRetention(
    purpose: String?, isDryRun: Bool, progress: (Int) throws -> Void = { _ in },
    inactive: (InactiveCustomer) throws -> Void = { _ in }
  ) throws -> RetentionOutcome {
    let rules = try retentionRules()
    let now = environment.clock.seconds
    let limits = RetentionLimits(rules, now: now)
    var request = AccessRequest(
      .retentionApply, purpose: try purpose ?? retentionPurpose(), subject: .everybody,
      optionalClasses: limits.classes)
    request.details = ["dry_run": .bool(isDryRun)]
    if !rules.isStated {
      request.refusal = VaultError(
        .notPermitted, "the policy states no retention for customer data: nothing of it is taken away",
        hint: "state one in the policy: retention: {classes: {behavior: 5y}}")
    }
    return try access(request) { context in
      try context.work(environment.warden)
    } release: { receipt, context, work in
      guard context.opened.policy.retention == rules else {
        throw VaultError(.busy, "the policy changed meanwhile", hint: "try again")
      }
      let links = try environment.store.read { try MergeLinks($0, environment.warden.pseudonyms()) }
      let run = RetentionRun(
        limits: limits, work: work, classes: limits.classes, now: now,
        actor: environment.identity.keyID.value,
        statistics: StatisticsFeed(
          days: try LocalDays(zone: context.settings.zone), currency: work.currency))
      let shield = RetentionShield(context.subjects, links, at: environment.clock.now())
      var sweep = try RetentionSweep(run, context, shield, isDryRun: isDryRun)
      try sweep.run(self, for: receipt, progress: progress, inactive: inactive)
      return try finish(sweep, rules, context)
    }
  }

  /// The purpose of a run that names none: a legal obligation, where the policy knows it.
  private func retentionPurpose() throws -> String? {
    try readPublic { _, opened in
      let name = "legal-obligation"
      let roles = opened.governance.roles(of: environment.identity.keyID)
      return roles.contains { opened.policy.rules(for: $0).purposes.contains(name) } ? name : nil
    }
  }

  /// One transaction: what of these customers is over goes, with an entry that says how much.
  func applyRetention(
    _ run: RetentionRun, to ordinals: [UInt64], _ first: AccessContext, _ links: MergeLinks,
    for receipt: borrowing AccessReceipt
  ) throws -> RetentionCounts {
    try commit(mayUseBallast: true) { commit, opened, _ in
      guard opened.governance.roles(of: environment.identity.keyID).contains(first.role),
        opened.policy.hash == first.opened.policy.hash
      else { throw VaultError(.busy, "your role or the policy changed meanwhile", hint: "try again") }
      // A legal hold or a restriction may have come since.
      let shield = RetentionShield(opened.governance.subjects, links, at: environment.clock.now())
      let slots = SlotChanges(.statistics)
      var counts = RetentionCounts()
      var touched = try SubjectSet(universe: first.universe)
      for ordinal in ordinals {
        let own = try run.apply(
          to: ordinal, vault: first.vaultID, keeping: shield.kept(of: ordinal), slots, commit,
          for: receipt)
        counts.add(own)
        if !own.isEmpty { try touched.insert(ordinal) }
      }
      if !slots.isEmpty { try run.work.write(slots, commit) }
      var draft = EntryDraft(commit.isChanged ? .change : .access, Action.retentionApply.rawValue)
      draft.purpose = first.purpose
      draft.classes = run.classes.intersection([.behavior, .consent]).sorted()
      draft.ref = first.entry
      draft.ticket = ticket
      draft.count = UInt64(counts.customers)
      draft.details = Self.details(counts)
      let set = CommittedSet(touched)
      draft.subjects = .set(set.reference(directory: try Directory.newestEnrolment(commit.writer)))
      commit.append(draft, set: set)
      return (counts, first.role)
    }
  }

  private func finish(_ sweep: RetentionSweep, _ rules: RetentionRules, _ context: AccessContext) throws
    -> RetentionOutcome
  {
    var draft = EntryDraft(.access, Action.retentionApply.rawValue)
    draft.purpose = context.purpose
    draft.classes = Array(context.classes)
    draft.phase = .result
    draft.ref = context.entry
    draft.ticket = ticket
    var details = Self.details(sweep.counts).object ?? JSONObject()
    details["dry_run"] = .bool(sweep.isDryRun)
    for (dataClass, count) in sweep.inactive {
      details["inactive_\(dataClass.name)"] = .integer(Int64(count))
    }
    draft.details = .object(details)
    let result = try record(draft, as: context.role, set: sweep.touched)
    return RetentionOutcome(
      rules: rules, counts: sweep.counts, checked: sweep.touched.count, inactive: sweep.inactive,
      purpose: context.purpose?.name, entries: (context.entry, result))
  }

  private static func details(_ counts: RetentionCounts) -> JSONValue {
    [
      "consents": .integer(Int64(counts.endedConsents.values.reduce(0, +))),
      "events": .integer(Int64(counts.events)), "statements": .integer(Int64(counts.statements)),
    ]
  }
}
