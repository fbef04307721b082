public import AuditLog
internal import Sodium

extension Session {
  /// Where a request stands.
  public enum RequestState: String, Sendable {
    /// Nobody has answered.
    case open
    /// Approved, and not used yet.
    case approved
    /// Denied.
    case denied
    /// Approved and used.
    case used
    /// Approved, not used, and too old.
    case expired
  }

  /// A request as commands show one.
  public struct RequestSummary: Sendable {
    /// Its number.
    public let number: Int64
    /// Where it stands.
    public let state: RequestState
    /// What is asked; nil for those whom it does not concern.
    public let request: ApprovalRequest?
    /// The answer, or nil.
    public let answer: Approval?
    /// The requester's name, where the request can be read.
    public let requester: String?
    /// The name of who answered.
    public let approver: String?
    /// The names of those who may answer, where the request can be read and is open.
    public let mayAnswer: [String]
  }

  /// Asks for an approval. The same thing is not asked for twice while nobody has answered.
  ///
  /// - Throws: `.approvalRequired` where nobody else could give it, `.usage` where nobody else was ever enrolled.
  public func request(_ need: ApprovalNeed, note: String?) throws -> Int64 {
    try makeRequest(need, note: note).number
  }

  /// Every request, the newest first.
  public func requests() throws -> [RequestSummary] {
    try readPublic { reader, opened in
      let names = try self.names(reader, opened.governance)
      var summaries: [RequestSummary] = []
      try RequestRow.scan(reader) { row in
        summaries.append(try summary(row, names, reader, opened.governance))
        return true
      }
      return summaries
    }
  }

  /// One request.
  ///
  /// - Throws: `.notFound`.
  public func request(number: Int64) throws -> RequestSummary {
    try readPublic { reader, opened in
      try summary(
        RequestRow.find(number, reader), try self.names(reader, opened.governance), reader, opened.governance)
    }
  }

  /// Answers a request.
  ///
  /// - Parameter days: how long an approval counts; nil for what the policy says.
  /// - Returns: until when it counts.
  /// - Throws: `.notPermitted` for the requester under whatever role, and for whoever may not answer; `.exists` where
  ///   it was answered.
  public func answer(_ number: Int64, _ verdict: Approval.Verdict, days: Int?) throws -> LogTime {
    let action: Action = verdict == .approved ? .requestApprove : .requestDeny
    let outcome: Verdict<LogTime> = try commit(mayUseBallast: false) { commit, opened, _ in
      let governance = opened.governance
      var row = try RequestRow.find(number, commit.writer)
      let request = try row.open(with: environment.identity, governance)
      let refusal = try self.refusal(of: request, governance)
      let role = try answeringRole(request, isRefused: refusal != nil, governance)
      var draft = EntryDraft(.change, action.rawValue)
      draft.ticket = ticket
      draft.details = [
        "request": .integer(number), "hash": .string(Base64.encode(row.hash.bytes)),
      ]
      if let refusal {
        draft.kind = .log
        draft.outcome = .denied
        commit.append(draft)
        return (.refused(refusal), role)
      }
      guard row.answer == nil, let request else {
        throw VaultError(.exists, "request \(number) was answered already")
      }
      let time = environment.clock.now()
      let lifetime = UInt64(days ?? opened.policy.approvals.days) * 86_400 * 1_000_000_000
      let answer = try Approval.sign(
        verdict, to: request.subject(), by: environment.identity, time: time,
        expires: LogTime(nanoseconds: time.nanoseconds + lifetime), vault: governance.vaultID)
      let old = row.row
      row.answer = answer
      try commit.update(Schema.request, from: old, to: row.row)
      commit.append(draft)
      return (.granted(answer.expires), role)
    }
    switch outcome {
    case .granted(let expires): return expires
    case .refused(let error): throw error
    }
  }

  // MARK: -

  /// Makes a request, or finds the same one that waits.
  func makeRequest(_ need: ApprovalNeed, note: String?) throws -> (number: Int64, isNew: Bool) {
    let outcome: Verdict<(number: Int64, isNew: Bool)> = try commit(mayUseBallast: false) {
      commit, opened, _ in
      let governance = opened.governance
      let roles = governance.roles(of: environment.identity.keyID)
      guard let least = roles.first else {
        throw VaultError(
          .notPermitted, "\(environment.identity.identity.name) has no role in this vault")
      }
      var draft = EntryDraft(.log, Action.requestCreate.rawValue)
      draft.ticket = ticket
      draft.outcome = .denied
      draft.details = ["for": .string(need.action.rawValue)]
      guard roles.contains(need.role) else {
        commit.append(draft)
        let role = need.role.name
        return (
          .refused(VaultError(.notPermitted, "\(need.action.rawValue) is for the role \(role)")), least
        )
      }
      let approvers = try approvers(of: need, governance)
      if let number = try waiting(need, commit.writer, governance) {
        draft.details = ["request": .integer(number), "for": .string(need.action.rawValue)]
        commit.append(draft)
        return (.granted((number, false)), need.role)
      }
      let request = try ApprovalRequest.sign(
        need, note: note, by: environment.identity, time: environment.clock.now(), vault: governance.vaultID)
      let number = try insert(request, to: approvers, commit)
      draft.kind = .change
      draft.outcome = .allowed
      draft.details = [
        "request": .integer(number), "for": .string(need.action.rawValue),
        "hash": .string(Base64.encode(request.hash.bytes)),
      ]
      commit.append(draft)
      return (.granted((number, true)), need.role)
    }
    switch outcome {
    case .granted(let made): return made
    case .refused(let error): throw error
    }
  }

  /// Who may give what is needed.
  ///
  /// - Throws: `.approvalRequired` where nobody could, `.usage` where nothing has to be waited for.
  private func approvers(of need: ApprovalNeed, _ governance: Governance) throws(VaultError) -> [KeyID] {
    guard governance.hadSecondPerson || need.action == .custodian else {
      throw VaultError(
        .usage, "nobody else was ever enrolled: there is nobody to ask, and nothing to wait for",
        hint: "do it; it will be flagged in the log")
    }
    let approvers =
      need.onlyBy.map { [$0] } ?? governance.approvers(of: environment.identity.keyID, as: need.role)
    guard approvers.isEmpty else { return approvers }
    let role = Approval.role(answering: need.role).name
    throw VaultError(
      .approvalRequired,
      "\(need.action.rawValue) needs a second person, and nobody else has the role \(role)",
      hint: "grant it first: crmvault role grant NAME \(role)")
  }

  /// Writes a request's row under the next number.
  private func insert(_ request: ApprovalRequest, to approvers: [KeyID], _ commit: Commit) throws -> Int64 {
    var number: Int64 = 1
    try RequestRow.scan(commit.writer) { row in
      number = row.number + 1
      return false
    }
    let members = (approvers + [request.by]).compactMap { commit.governance.users[$0]?.member }
    let row = try RequestRow.seal(
      request, number: number, to: members, vault: commit.governance.vaultID)
    try commit.insert(Schema.request, row.row)
    return number
  }

  /// The user's own request for the same thing that nobody has answered.
  private func waiting(_ need: ApprovalNeed, _ reader: any StoreReader, _ governance: Governance) throws
    -> Int64?
  {
    let content = try need.action.digest(of: need.content)
    var found: Int64?
    try RequestRow.scan(reader) { row in
      guard row.answer == nil, let request = try row.open(with: environment.identity, governance),
        request.by == environment.identity.keyID, request.role == need.role,
        try request.subject().content == content
      else { return true }
      found = row.number
      return false
    }
    return found
  }

  /// Why the user may not answer a request, or nil.
  private func refusal(of request: ApprovalRequest?, _ governance: Governance) throws -> VaultError? {
    let user = environment.identity.keyID
    guard let request else {
      return VaultError(.notPermitted, "this request is not for you to answer")
    }
    guard request.by != user else {
      return VaultError(
        .notPermitted, "nobody answers what he has asked for himself, under whatever role",
        hint: "it is for: \(Approval.role(answering: request.role).name)")
    }
    if request.action == .approverRemoval {
      return request.content["user"]?.string == user.description
        ? nil : VaultError(.notPermitted, "this request is for the one who is to leave")
    }
    guard governance.approvers(of: request.by, as: request.role).contains(user) else {
      return VaultError(
        .notPermitted, "this request is not for you to answer",
        hint: "it is for: \(Approval.role(answering: request.role).name)")
    }
    return nil
  }

  /// The role in which the user answers, or is refused.
  private func answeringRole(_ request: ApprovalRequest?, isRefused: Bool, _ governance: Governance)
    throws(VaultError) -> Role
  {
    let roles = governance.roles(of: environment.identity.keyID)
    let wanted = request.map { Approval.role(answering: $0.role) }
    if !isRefused, let wanted, roles.contains(wanted) { return wanted }
    guard let role = requestedRole.flatMap({ roles.contains($0) ? $0 : nil }) ?? roles.first else {
      throw VaultError(
        .notPermitted, "\(environment.identity.identity.name) has no role in this vault")
    }
    return role
  }

  private func names(_ reader: any StoreReader, _ governance: Governance) throws -> [KeyID: String] {
    Dictionary(
      try PeopleRows.all(reader, governance).map { ($0.keyID, $0.identity.name) },
      uniquingKeysWith: { first, _ in first })
  }

  private func summary(
    _ row: RequestRow, _ names: [KeyID: String], _ reader: any StoreReader, _ governance: Governance
  ) throws -> RequestSummary {
    let request = try row.open(with: environment.identity, governance)
    let state: RequestState
    if try row.isUsed(reader, governance) {
      state = .used
    } else if let answer = row.answer {
      let isOver = environment.clock.now() > answer.expires
      state = answer.verdict == .denied ? .denied : isOver ? .expired : .approved
    } else {
      state = .open
    }
    let approvers = request.map { request -> [KeyID] in
      guard state == .open else { return [] }
      if request.action == .approverRemoval {
        return request.content["user"]?.string.flatMap { KeyID($0) }.map { [$0] } ?? []
      }
      return governance.approvers(of: request.by, as: request.role)
    }
    return RequestSummary(
      number: row.number, state: state, request: request, answer: row.answer,
      requester: request.flatMap { names[$0.by] }, approver: row.answer.flatMap { names[$0.by] },
      mayAnswer: (approvers ?? []).compactMap { names[$0] }.sorted())
  }
}
