internal import AuditLog
internal import Sodium

extension Session {
  /// What a customer said about a purpose, to be recorded.
  public struct ConsentStatement: Sendable {
    /// The purpose's name.
    public var purpose: String
    /// What was said.
    public var state: ConsentState
    /// Where: a form, a call, a letter.
    public var source: String
    /// The version of the text that was shown, or empty.
    public var textVersion: String
    /// When it was said, seconds since 1970; nil for now.
    public var time: Int64?
    /// The legal basis, or nil for the purpose's own.
    public var legalBasis: String?

    /// A statement.
    public init(
      purpose: String, state: ConsentState, source: String = "", textVersion: String = "", time: Int64? = nil,
      legalBasis: String? = nil
    ) {
      self.purpose = purpose
      self.state = state
      self.source = source
      self.textVersion = textVersion
      self.time = time
      self.legalBasis = legalBasis
    }
  }

  /// What recording a statement came to.
  public struct ConsentOutcome: Sendable {
    /// The customer, merges followed.
    public let customer: Pseudonym
    /// False where the same statement was recorded before.
    public let isNew: Bool
    /// What holds for the purpose now.
    public let standing: ConsentRecord.Standing
  }

  /// Records what a customer said about a purpose, with the permission bits that follow, in one transaction.
  ///
  /// It is the customer's own request, and recorded under that purpose. A withdrawal and an objection count for those
  /// who were merged into the customer too, so that they stay when the merge is taken back; a consent does not.
  ///
  /// - Throws: `.badInput` for a purpose that the policy does not know, a time to come or a text that is too long.
  public func recordConsent(_ id: Pseudonym, _ statement: ConsentStatement) throws -> ConsentOutcome {
    let action: Action =
      switch statement.state {
      case .granted: .consentGrant
      case .withdrawn: .consentWithdraw
      case .objected: .consentObject
      }
    var request = AccessRequest(
      action, purpose: Purpose.dataSubjectRequest, subject: .customer(id), classes: [.consent])
    request.details = ["purpose": .string(statement.purpose)]
    return try rewrite(request) { commit, context, customer, _, receipt, draft in
      guard let purpose = context.opened.policy.purposes[statement.purpose] else {
        throw VaultError(
          .badInput, "the policy knows no such purpose",
          hint: "one of: \(context.opened.policy.purposes.keys.sorted().joined(separator: ", "))")
      }
      let members = statement.state == .granted ? [customer.ordinal] : context.members
      let work = try ConsentWork(members, commit, context, environment.warden, for: receipt)
      let before = try work.consents(of: customer.ordinal, for: receipt)
      let change = try self.change(statement, purpose, after: before.standing(for: purpose.name))
      let added = try members.map { try work.record([change], of: $0, for: receipt) }
      guard let standing = try work.consents(of: customer.ordinal, for: receipt).standing(for: purpose.name)
      else { throw VaultError(.integrity, "a consent that was recorded is not there") }
      draft.details = draft.details.merging(["purpose": .string(purpose.name)])
      return ConsentOutcome(
        customer: customer.pseudonym, isNew: added.first != 0, standing: standing)
    }
  }

  /// The statement as the record keeps it. One without a time of its own never lies before what was said already.
  func change(
    _ statement: ConsentStatement, _ purpose: Purpose, after standing: ConsentRecord.Standing?
  ) throws -> ConsentChange {
    let now = environment.clock.seconds
    if let time = statement.time, time > now {
      throw VaultError(.badInput, "the time of a statement lies ahead", hint: "give when it was said")
    }
    do throws(RecordError) {
      return try ConsentChange(
        purpose: purpose.name, state: statement.state,
        time: statement.time ?? max(now, standing?.last.time ?? now), source: statement.source,
        textVersion: statement.textVersion, legalBasis: statement.legalBasis ?? purpose.legalBasis,
        actor: environment.identity.keyID.value)
    } catch { throw VaultError(.badInput, error.reason) }
  }

  /// Everything that a customer has said, with who recorded it.
  public func consents(_ id: Pseudonym, purpose: String?) throws -> CustomerConsents {
    var request = AccessRequest(
      .consentList, purpose: purpose, subject: .customer(id), classes: [.consent])
    request.toleratesErased = true
    return try access(request) { context in
      let people = try PeopleRows.all(context.reader, context.opened.governance)
      return (try context.work(environment.warden), try context.memberRecords(environment.warden), people)
    } release: { receipt, context, prepared in
      let (work, members, people) = prepared
      guard let customer = context.customer else { throw VaultError(.notFound, "there is no such customer") }
      let records = try members.map { try work.consents($0[.consent] ?? [], for: receipt) ?? ConsentRecord() }
      return CustomerConsents(
        customer: customer.pseudonym, own: records[0], merged: Array(records.dropFirst()),
        purposes: context.opened.policy.purposes,
        isErased: context.subjects.erasedClasses(of: customer.ordinal).contains(.consent),
        isRestricted: context.members.contains(where: context.subjects.restricted.contains),
        actors: Dictionary(
          people.map { ($0.keyID.value, $0.identity.name) }, uniquingKeysWith: { first, _ in first }))
    }
  }
}

/// What a customer and those who were merged into it have said.
public struct CustomerConsents: Sendable, Undisclosed {
  /// The customer, merges followed.
  public let customer: Pseudonym
  /// What counts: the customer's own.
  public let own: ConsentRecord
  /// What those said who were merged into it.
  public let merged: [ConsentRecord]
  /// The policy's purposes, by name.
  public let purposes: [String: Purpose]
  /// Whether the class is erased, which is an objection to everything.
  public let isErased: Bool
  /// Whether the customer's processing is restricted.
  public let isRestricted: Bool
  private let actors: [UInt64: String]

  init(
    customer: Pseudonym, own: ConsentRecord, merged: [ConsentRecord], purposes: [String: Purpose],
    isErased: Bool, isRestricted: Bool, actors: [UInt64: String]
  ) {
    self.customer = customer
    self.own = own
    self.merged = merged
    self.purposes = purposes
    self.isErased = isErased
    self.isRestricted = isRestricted
    self.actors = actors
  }

  /// Whether the customer may be reached for a purpose of the policy.
  public func allows(_ purpose: Purpose) -> Bool {
    guard !isRestricted || purpose.reachesRestricted else { return false }
    guard !isErased else { return purpose.rule == .none }
    let standing = own.standing(for: purpose.name)
    return purpose.allows(
      granted: standing?.isGranted ?? false, objected: standing?.isObjected ?? false)
  }

  /// The name of who recorded a statement, or nil where the store no longer knows it.
  public func actor(of change: ConsentChange) -> String? { actors[change.actor] }
}

extension JSONValue? {
  /// These details and further ones.
  func merging(_ others: JSONObject) -> JSONValue { .object((self?.object ?? [:]).adding(others)) }
}
