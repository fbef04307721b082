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
    /// The customer with all who were merged into it.
    var asked = AskedCustomer()
    /// Whom a run over everybody leaves out beside those whom the purpose's rule does.
    var spared = SparedCustomers()
    /// By what right something sensitive is done.
    var clearance = Clearance.notNeeded
    /// What the role may beyond its keys.
    public var rules: RolePolicy { opened.policy.rules(for: role) }
    /// The vault's settings.
    public var settings: VaultSettings { opened.governance.genesis.settings }
    /// The vault's id.
    public var vaultID: VaultID { opened.governance.vaultID }
    /// The ordinals of the customer and of all who were merged into it, its own first; empty where there is none.
    var members: [UInt64] { asked.members }
    /// What privacy officers have ordered about customers.
    var subjects: SubjectStanding { opened.governance.subjects }
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
    // A full disk must not stop an erasure, even where the reserve is used up.
    if request.action != .subjectErase { try environment.ballast?.require() }
    let (decided, prepared, join) = try decide(request) { context in
      (context, try prepare(context), try self.rightsJoin(context, request))
    }
    try requireCosigned(decided, request)
    let (scope, spared) = try self.scope(request, decided, join)
    var context = decided
    context.spared = spared
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
      var asked = AskedCustomer()
      if case .customer(let pseudonym) = request.subject {
        draft.subjects = .one(pseudonym.description)
        if decision.refusal == nil {
          asked = try AskedCustomer(
            pseudonym, request, opened.directory(commit.writer, environment.warden))
        }
        asked.name(in: &draft)
      }
      let customer = asked.customer
      if let refusal = decision.refusal ?? request.refusal {
        draft.outcome = .denied
        commit.append(draft)
        return (.refused(refusal), decision.role)
      }
      if let refusal = asked.refusal(request, opened.governance.subjects) {
        draft.outcome = .error(code: refusal.code)
        commit.append(draft)
        return (.refused(refusal.error), decision.role)
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
        classes: decision.classes, customer: customer, universe: universe, entry: entry, asked: asked,
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

  // MARK: - The customer's own decision

  /// What the join needs: the sealed permission blocks of the purpose, the consent key, and for everybody the merges.
  struct RightsJoin {
    let blocks: [PermissionBits.SealedBlock]
    /// Nil where the purpose's rule asks nothing of the customers.
    let key: SharedKey<ClassKeyPurpose>?
    let links: MergeLinks
  }

  private func rightsJoin(_ context: AccessContext, _ request: AccessRequest) throws -> RightsJoin {
    let ordinals: Range<UInt64>
    var links = MergeLinks()
    switch request.subject {
    case .none: return RightsJoin(blocks: [], key: nil, links: links)
    case .customer:
      guard let customer = context.customer else { return RightsJoin(blocks: [], key: nil, links: links) }
      ordinals = customer.ordinal..<customer.ordinal + 1
    case .everybody:
      ordinals = 0..<context.universe
      links = try MergeLinks(context.reader, environment.warden.pseudonyms())
    }
    guard let purpose = context.purpose, purpose.rule != .none else {
      return RightsJoin(blocks: [], key: nil, links: links)
    }
    return RightsJoin(
      blocks: try PermissionBits.sealed(purpose: purpose.name, ordinals: ordinals, context.reader),
      key: try context.keys.classKey(.consent, context.reader), links: links)
  }

  /// Whom the receipt may name: the purpose's rule, restrictions and erasures, under the entry that is already durable.
  private func scope(_ request: AccessRequest, _ context: AccessContext, _ join: RightsJoin) throws -> (
    SubjectScope, SparedCustomers
  ) {
    let bits = try context.purpose.flatMap { purpose in
      try join.key.map { key in
        try PermissionBits(join.blocks, purpose: purpose.name, vault: context.vaultID, key: key)
      }
    }
    let rights = SubjectRights(purpose: context.purpose, bits: bits, subjects: context.subjects)
    switch request.subject {
    case .none: return (.none, SparedCustomers())
    case .customer:
      guard let customer = context.customer else { return (.none, SparedCustomers()) }
      if let refusal = rights.refusal(of: context.members) { try refuse(refusal, request, context) }
      return (context.members.count == 1 ? .one(customer.ordinal) : .few(context.members), SparedCustomers())
    case .everybody:
      let (set, spared) = try rights.allowed(
        universe: context.universe, links: join.links, needing: request.classes)
      return (.many(set), spared)
    }
  }

  /// The second entry: denied, referring to the first.
  private func refuse(
    _ refusal: VaultError, _ request: AccessRequest, _ context: AccessContext
  ) throws -> Never {
    var draft = EntryDraft(.access, request.action.rawValue)
    draft.purpose = context.purpose
    context.asked.name(in: &draft)
    draft.classes = Array(context.classes)
    draft.outcome = .denied
    draft.phase = .result
    draft.ref = context.entry
    draft.ticket = ticket
    try record(draft, as: context.role)
    throw refusal
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
