internal import AuditLog
internal import Sodium

/// The one door to plaintext: decides, writes the entry and makes it durable, joins the customer's own decisions,
/// and only then mints the receipt.
extension Session {
  /// What an access may look up inside the transaction that writes its entry: ciphertext and the directory.
  public struct AccessContext {
    let reader: any StoreReader
    let opened: Opened
    let keys: OpenedKeys
    /// The role that acts.
    public let role: Role
    /// The purpose, where there is one.
    public let purpose: Purpose?
    /// The data classes that may be opened.
    public let classes: Set<DataClass>
    /// The customer that the access is about, or nil.
    public let customer: DirectoryEntry?
    /// One more than the highest ordinal.
    public let universe: UInt64
    /// The index of the entry that allows the access.
    public let entry: UInt64
    /// By what right something sensitive is done.
    var clearance = Clearance.notNeeded
    /// What the role may beyond its keys.
    public var rules: RolePolicy { opened.policy.rules(for: role) }
    /// The vault's settings.
    public var settings: VaultSettings { opened.governance.genesis.settings }
    /// The vault's id.
    public var vaultID: VaultID { opened.governance.vaultID }
  }

  /// A verdict that is committed with its entry before it is returned or thrown.
  enum Verdict<Value> {
    case granted(Value)
    case refused(VaultError)
  }

  /// Reads: decides, commits the entry, joins consent, mints the receipt and lets `release` open what `prepare`
  /// fetched.
  ///
  /// - Parameters:
  ///   - prepare: runs inside the transaction and fetches ciphertext.
  ///   - release: runs after the entry is durable, with the receipt.
  /// - Throws: `.notPermitted` (also when the customer's own decision forbids it), `.notFound`, `.usage`; every
  ///   refusal of the gate is an entry too.
  public func access<Prepared, Result>(
    _ request: AccessRequest, prepare: (AccessContext) throws -> Prepared,
    release: (borrowing AccessReceipt, AccessContext, Prepared) throws -> Result
  ) throws -> Result {
    try environment.ballast?.require()
    let (context, prepared, join) = try decide(request) { context in
      (context, try prepare(context), try self.consentJoin(context, request))
    }
    try requireCosigned(context, request)
    let scope = try join.map { try self.join($0, context) } ?? Self.scope(request, context)
    let receipt = AccessReceipt(
      mintedFor: context.entry, classes: context.classes, subjects: scope, maySearch: request.searchesIndex,
      mayEnrol: request.enrols, sensitive: context.clearance == .notNeeded ? nil : request.approval?.action,
      clearance: context.clearance)
    return try release(receipt, context, prepared)
  }

  /// Decides a request and commits its entry together with what `body` does; the value comes back when both are
  /// durable.
  func decide<Value>(_ request: AccessRequest, _ body: (AccessContext) throws -> Value) throws -> Value {
    let verdict: Verdict<Value> = try commit(mayUseBallast: true) { commit, opened, keys in
      let identity = environment.identity
      let decision = try Decision(
        request, user: identity.keyID, name: identity.identity.name, requestedRole: requestedRole,
        governance: opened.governance, policy: opened.policy)
      var draft = EntryDraft(request.action.isAboutLog ? .log : .access, request.action.rawValue)
      draft.purpose = decision.purpose
      draft.fields = decision.revealed(request.fields, opened.policy)
      draft.classes = Array(decision.refusal == nil ? decision.classes : request.classes)
      draft.details = request.details
      draft.ticket = ticket
      let roleKeys = try keys(decision.role)
      if decision.refusal == nil {
        for dataClass in decision.classes { _ = try roleKeys.classKey(dataClass, commit.writer) }
      }
      let universe = try Directory.universe(commit.writer)
      var customer: DirectoryEntry?
      if case .customer(let pseudonym) = request.subject {
        draft.subjects = .one(pseudonym.description)
        if decision.refusal == nil {
          customer = try Directory.entry(pseudonym, environment.warden.pseudonyms(), commit.writer)
        }
        if let customer { try environment.warden.pseudonyms().check(customer, asked: pseudonym) }
        // The entry names whose records are opened, also where a merge led there from another id.
        if let customer { draft.subjects = .one(customer.pseudonym.description) }
      }
      if let refusal = decision.refusal ?? request.refusal {
        draft.outcome = .denied
        commit.append(draft)
        return (.refused(refusal), decision.role)
      }
      // Who has looked at a customer can be asked after the customer was erased, too.
      let isReadable = request.action == .auditRead && customer != nil
      if case .customer = request.subject, customer?.state != .live, !isReadable {
        let erased = customer?.state == .erased
        draft.outcome = .error(code: erased ? "erased" : "not_found")
        commit.append(draft)
        let error = VaultError(
          .notFound, erased ? "this customer was erased" : "there is no customer with this id",
          hint: "crmvault customer list shows the ids")
        return (.refused(error), decision.role)
      }
      let clearance = try self.clearance(of: request, decision, &draft, commit, opened)
      var set: CommittedSet?
      if case .everybody = request.subject {
        // Keys are made before the directory's row: a directory that reaches further was made up.
        let made = try environment.warden.highestOrdinal().map { $0 + 1 } ?? 0
        guard universe <= made else {
          throw VaultError(.integrity, "the directory has customers whose keys the warden never made")
        }
        draft.phase = .intent
        draft.count = universe
        // Nobody is no set: every empty tree has the same root.
        if universe > 0 {
          let maximal = CommittedSet(try .all(universe: universe))
          draft.subjects = .set(maximal.reference(directory: try Directory.newestEnrolment(commit.writer)))
          set = maximal
        }
      } else if request.searchesIndex {
        draft.phase = .intent
      }
      let entry = commit.append(draft, set: set)
      let context = AccessContext(
        reader: commit.writer, opened: opened, keys: roleKeys, role: decision.role, purpose: decision.purpose,
        classes: decision.classes, customer: customer, universe: universe, entry: entry,
        clearance: clearance)
      return (.granted(try body(context)), decision.role)
    }
    switch verdict {
    case .granted(let value): return value
    case .refused(let error): throw error
    }
  }

  /// The approval that a request needs, used up; the entry says so.
  private func clearance(
    of request: AccessRequest, _ decision: Decision, _ draft: inout EntryDraft, _ commit: Commit,
    _ opened: Opened
  ) throws -> Clearance {
    guard var need = request.approval else { return .notNeeded }
    need.role = decision.role
    let clearance = try requireApproval(need, commit, opened, environment.clock.now())
    draft.details = .object((draft.details?.object ?? [:]).adding(clearance.details))
    return clearance
  }

  /// The scope of a request whose purpose asks nothing of the customers.
  private static func scope(_ request: AccessRequest, _ context: AccessContext) throws -> SubjectScope {
    switch request.subject {
    case .none: .none
    case .customer: context.customer.map { .one($0.ordinal) } ?? .none
    case .everybody: .many(try .all(universe: context.universe))
    }
  }

  // MARK: - The customer's own decision

  /// What the join needs: the sealed permission blocks of the purpose and the consent key.
  struct ConsentJoin {
    let request: AccessRequest
    let blocks: [PermissionBits.SealedBlock]
    let key: SharedKey<ClassKeyPurpose>
  }

  private func consentJoin(_ context: AccessContext, _ request: AccessRequest) throws -> ConsentJoin? {
    guard let purpose = context.purpose, purpose.rule != .none else { return nil }
    let ordinals: Range<UInt64>
    switch request.subject {
    case .none: return nil
    case .customer:
      guard let customer = context.customer else { return nil }
      ordinals = customer.ordinal..<customer.ordinal + 1
    case .everybody: ordinals = 0..<context.universe
    }
    return ConsentJoin(
      request: request,
      blocks: try PermissionBits.sealed(purpose: purpose.name, ordinals: ordinals, context.reader),
      key: try context.keys.classKey(.consent, context.reader))
  }

  /// Applies the purpose's rule to the permission bits, under the entry that is already durable.
  private func join(_ join: ConsentJoin, _ context: AccessContext) throws -> SubjectScope {
    guard let purpose = context.purpose else { return .none }
    let bits = try PermissionBits(join.blocks, purpose: purpose.name, vault: context.vaultID, key: join.key)
    guard let customer = context.customer else {
      return .many(try bits.allowed(purpose, universe: context.universe))
    }
    guard bits.allows(customer.ordinal, purpose) else {
      try refuse(customer, purpose, join.request, context)
    }
    return .one(customer.ordinal)
  }

  /// The second entry: denied, referring to the first.
  private func refuse(
    _ customer: DirectoryEntry, _ purpose: Purpose, _ request: AccessRequest, _ context: AccessContext
  ) throws -> Never {
    var draft = EntryDraft(.access, request.action.rawValue)
    draft.purpose = purpose
    draft.subjects = .one(customer.pseudonym.description)
    draft.classes = Array(context.classes)
    draft.outcome = .denied
    draft.phase = .result
    draft.ref = context.entry
    draft.ticket = ticket
    try record(draft, as: context.role)
    throw VaultError(
      .notPermitted,
      purpose.rule == .consent
        ? "the customer has not consented to \(purpose.name)"
        : "the customer has objected to \(purpose.name)",
      hint: "choose another purpose only if it is the true one")
  }

  // MARK: - Further entries

  /// Commits one entry that tells of the log's own or of an access's end.
  @discardableResult
  func record(_ draft: EntryDraft, as role: Role, set: SubjectSet? = nil) throws -> UInt64 {
    try commit(mayUseBallast: true) { commit, _, _ in
      var draft = draft
      var committed: CommittedSet?
      if let set, set.universe > 0 {
        let whole = CommittedSet(set)
        draft.subjects = .set(whole.reference(directory: try Directory.newestEnrolment(commit.writer)))
        draft.count = set.count
        committed = whole
      }
      return (commit.append(draft, set: committed), role)
    }
  }

  /// The result of a bulk read: what it touched, referring to its intent.
  @discardableResult
  func recordResult(of context: AccessContext, _ action: Action, touched: SubjectSet) throws -> UInt64 {
    var draft = EntryDraft(.access, action.rawValue)
    draft.purpose = context.purpose
    draft.classes = Array(context.classes)
    draft.phase = .result
    draft.ref = context.entry
    draft.ticket = ticket
    return try record(draft, as: context.role, set: touched)
  }
}
