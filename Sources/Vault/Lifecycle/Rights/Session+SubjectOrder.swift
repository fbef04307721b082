public import AuditLog
internal import Sodium

extension Session {
  /// Whom an order was given about.
  public struct OrderedCustomer: Sendable {
    /// The customer, merges followed.
    public let customer: Pseudonym
    /// Those who were merged into it: an order is about all of them.
    public let merged: [Pseudonym]
    /// The index of the entry that carries the statement; nil where nothing had to be ordered.
    public let seq: UInt64?
  }

  /// Restricts a customer (GDPR article 18): kept, and reached by nothing but legal claims and the customer's own
  /// requests. Runs over everybody leave the customer out and count it.
  ///
  /// - Throws: `.exists` where the customer is restricted already.
  public func restrictSubject(_ id: Pseudonym) throws -> OrderedCustomer {
    try order(.subjectRestrict, about: id) { members, opened, _ in
      guard !opened.governance.subjects.restricted.isSuperset(of: members) else {
        throw VaultError(.exists, "this customer is restricted already")
      }
      return .restrict(members)
    }
  }

  /// Takes a restriction away.
  ///
  /// - Throws: `.notFound` where there is none.
  public func unrestrictSubject(_ id: Pseudonym) throws -> OrderedCustomer {
    try order(.subjectUnrestrict, about: id) { members, opened, _ in
      let restricted = members.filter(opened.governance.subjects.restricted.contains)
      guard !restricted.isEmpty else { throw VaultError(.notFound, "this customer is not restricted") }
      return .unrestrict(restricted)
    }
  }

  /// Lays a legal hold on classes of a customer: nobody can erase them until it is released, or its time is over.
  ///
  /// - Parameters:
  ///   - reason: the reference of the case. It is sealed in the log, and told where an erasure is refused.
  ///   - until: the last moment, or nil.
  /// - Throws: `.notFound` where one of the classes is erased, `.badInput` for a time that is over.
  public func holdSubject(
    _ id: Pseudonym, _ classes: Set<DataClass>, reason: String, until: LogTime?
  ) throws -> OrderedCustomer {
    var details: JSONObject = [
      "reason": .string(reason), "classes": .array(classes.sorted().map { .string($0.name) }),
    ]
    details["until"] = until.map { .string($0.description) }
    return try order(.subjectHold, about: id, details: details) { members, opened, time in
      guard until.map({ time < $0 }) ?? true else {
        throw VaultError(.badInput, "the time until which it is to be held is over")
      }
      let erased = members.map { opened.governance.subjects.erasedClasses(of: $0).intersection(classes) }
      if let gone = erased.first(where: { !$0.isEmpty })?.min() {
        throw VaultError(.notFound, "the customer's \(gone.name) was erased already")
      }
      return .hold(members, classes, until: until)
    }
  }

  /// Takes the legal holds on classes of a customer away.
  ///
  /// - Throws: `.notFound` where there is none.
  public func releaseSubject(_ id: Pseudonym, _ classes: Set<DataClass>) throws -> OrderedCustomer {
    let details: JSONObject = ["classes": .array(classes.sorted().map { .string($0.name) })]
    return try order(.subjectReleaseHold, about: id, details: details) { members, opened, time in
      let held = Set(opened.governance.subjects.holds(on: members, at: time).keys).intersection(classes)
      guard !held.isEmpty else { throw VaultError(.notFound, "there is no such legal hold on this customer") }
      return .release(members, held)
    }
  }

  /// States an order about one customer, in an entry that names the customer.
  ///
  /// - Parameters:
  ///   - kind: `erasure` for what takes something away for good.
  ///   - further: writes what belongs into the same transaction; is given the entry's index.
  ///   - make: what is ordered of these ordinals, ascending.
  func order(
    _ action: Action, about id: Pseudonym, kind: Envelope.Kind = .governance, purpose: String? = nil,
    details: JSONObject = [:], mayUseBallast: Bool = false,
    further: (Commit, UInt64) throws -> Void = { _, _ in },
    _ make: ([UInt64], Opened, LogTime) throws -> Statement.SubjectOrder
  ) throws -> OrderedCustomer {
    let request = AccessRequest(action, purpose: purpose, subject: .customer(id))
    let verdict: Verdict<OrderedCustomer> = try commit(mayUseBallast: mayUseBallast) { commit, opened, keys in
      let identity = environment.identity
      let decision = try Decision(
        request, user: identity.keyID, name: identity.identity.name, requestedRole: requestedRole,
        governance: opened.governance, policy: opened.policy)
      var draft = EntryDraft(.access, action.rawValue)
      draft.purpose = decision.purpose
      draft.subjects = .one(id.description)
      draft.details = details.members.isEmpty ? nil : .object(details)
      draft.ticket = ticket
      _ = try keys(decision.role)
      if let refusal = decision.refusal {
        draft.outcome = .denied
        commit.append(draft)
        return (.refused(refusal), decision.role)
      }
      let directory = opened.directory(commit.writer, environment.warden)
      let asked = try AskedCustomer(id, request, directory)
      asked.name(in: &draft)
      let made: Statement.SubjectOrder
      do {
        if let refusal = asked.refusal(request, opened.governance.subjects) { throw refusal.error }
        made = try make(asked.members.sorted(), opened, environment.clock.now())
      } catch let error as VaultError where error.code != .integrity {
        draft.outcome = .error(code: error.code.description)
        commit.append(draft)
        return (.refused(error), decision.role)
      }
      draft.kind = kind
      draft.classes = made.classes?.sorted() ?? []
      draft.statement = try commit.state(.subject(made), by: identity, at: environment.clock.now())
      let seq = commit.append(draft)
      try further(commit, seq)
      let customer = asked.customer?.pseudonym ?? id
      return (
        .granted(OrderedCustomer(customer: customer, merged: asked.others, seq: seq)), decision.role
      )
    }
    switch verdict {
    case .granted(let outcome): return outcome
    case .refused(let error): throw error
    }
  }
}
