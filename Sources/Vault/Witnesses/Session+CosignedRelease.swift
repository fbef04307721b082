internal import AuditLog

extension Session {
  /// Where the policy says so, waits until the intent of a bulk read is inside a head that enough witnesses have
  /// cosigned: nobody can read everybody and then roll the log back unseen.
  ///
  /// - Throws: `.notCosigned` when too few can be reached, `.integrity` when one says that the log was rewritten; the
  ///   refusal is the result of the intent.
  func requireCosigned(_ context: AccessContext, _ request: AccessRequest) throws {
    let needed = context.opened.policy.log.cosignedBulk
    guard needed > 0, case .everybody = request.subject, request.action.releasesInBulk else { return }
    do {
      try waitForCosignatures(needed, over: context.entry)
    } catch let error as VaultError {
      var draft = EntryDraft(.access, request.action.rawValue)
      draft.purpose = context.purpose
      draft.classes = Array(context.classes)
      draft.outcome = .error(code: error.code.description)
      draft.phase = .result
      draft.ref = context.entry
      draft.ticket = ticket
      try record(draft, as: context.role)
      throw error
    }
  }

  private func waitForCosignatures(_ needed: Int, over entry: UInt64) throws {
    guard let transport = environment.witnesses else {
      throw VaultError(
        .notCosigned, "the policy asks for cosignatures, and there is no way to a witness from here")
    }
    let results = try showHead(through: transport, enough: needed)
    let cosigned = results.count { result in
      if case .success = result.outcome { result.size > entry } else { false }
    }
    let failures = results.compactMap { result in
      if case .failure(let error) = result.outcome { error } else { nil }
    }
    if let tampering = failures.first(where: { $0.code == .integrity }) { throw tampering }
    guard cosigned >= needed else {
      let why = failures.first.map { ": \($0.reason)" } ?? ""
      throw VaultError(
        .notCosigned,
        "the policy releases data in bulk only once \(needed) of the vault's witnesses have cosigned the intent, "
          + "and \(cosigned) did\(why)",
        hint: "see that the witnesses can be reached (crmvault audit witness push), then try again")
    }
  }
}

extension Action {
  /// Whether the action, asked for everybody, hands out personal data. An import and the opening of records by `verify`
  /// hand out none.
  var releasesInBulk: Bool {
    switch self {
    case .importFile, .vaultVerifyDeep: false
    default: true
    }
  }
}
