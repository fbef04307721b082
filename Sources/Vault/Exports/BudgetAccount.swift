public import Anonymization
internal import AuditLog
internal import Sodium

/// What a release costs, and of whose budget.
public struct BudgetRequest: Sendable {
  /// Who gets the release.
  public let recipient: String
  /// The cost.
  public let charge: PrivacyCharge

  /// A request.
  public init(recipient: String, charge: PrivacyCharge) {
    self.recipient = recipient
    self.charge = charge
  }
}

/// A charge that was recorded, in the vault, by the warden, or both.
public struct RecordedCharge: Sendable {
  /// The release.
  public let release: ReleaseID
  /// Who got it; nil where only the warden still knows of it, which keeps no names.
  public let recipient: String?
  /// The cost.
  public let charge: PrivacyCharge
  /// When, in RFC 3339; nil where only the warden still knows of it.
  public let time: String?
  let recipientDigest: [UInt8]
}

/// What was spent: every charge that the vault or the warden's file knows. A vault that was rolled back, and a file that
/// was lost, forget nothing that the other one remembers.
public struct BudgetAccount: Sendable {
  /// The charges, in the order of their entries, then those that only the warden knows.
  public let charges: [RecordedCharge]
  /// What the policy allows.
  public let rules: ExportRules
  let vault: VaultID

  /// The vault's budget with what was spent of it.
  public var whole: PrivacyBudget { budget(rules.vaultBudget, charges) }

  /// A recipient's budget with what was spent of it.
  public func recipient(_ name: String) -> PrivacyBudget {
    budget(rules.recipientBudget, charges(to: name))
  }

  /// The charges for releases to a recipient; names that differ only in case are the same.
  public func charges(to recipient: String) -> [RecordedCharge] {
    let digest = BudgetCharge.digest(ofRecipient: recipient, vault: vault)
    return charges.filter { $0.recipientDigest == digest }
  }

  private func budget(_ limit: ExportRules.Budget, _ charges: [RecordedCharge]) -> PrivacyBudget {
    PrivacyBudget(epsilonLimit: limit.epsilon, deltaLimit: limit.delta, charges: charges.map(\.charge))
  }

  /// Refuses what does not fit the vault's budget or the recipient's.
  public func require(_ request: BudgetRequest) throws(AnonymizationError) {
    for (owner, budget) in [("the vault", whole), (request.recipient, recipient(request.recipient))] {
      var budget = budget
      do throws(AnonymizationError) { try budget.spend(request.charge) } catch {
        throw AnonymizationError(
          error.code, reason: "the budget of \(owner): \(error.reason)", hint: error.hint)
      }
    }
  }
}

extension BudgetAccount {
  /// Reads what the vault and the warden know.
  init(
    _ reader: any StoreReader, _ warden: any Warden, key: SharedKey<ClassKeyPurpose>, rules: ExportRules,
    vault: VaultID
  ) throws {
    self.rules = rules
    self.vault = vault
    var rows: [(seq: Int64, charge: RecordedCharge)] = []
    try reader.scan(Schema.budget, prefix: [], range: nil, descending: false) { row in
      guard case .blob(let id) = row.values[0], let release = ReleaseID(id),
        case .integer(let seq) = row.values[1],
        case .blob(let sealed) = row.values[2]
      else { throw VaultError(.integrity, "a row of the budgets is malformed") }
      let note = try SealedNote(vault: vault, kind: .charge, release: release).open(sealed, with: key)
      rows.append((seq, try Self.charge(note, release, vault)))
      return true
    }
    rows.sort { $0.seq < $1.seq }
    let known = Set(rows.map(\.charge.release))
    let others = try warden.budgetCharges().filter { !known.contains($0.release) }.map { charge in
      RecordedCharge(
        release: charge.release, recipient: nil,
        charge: try Self.cost(epsilon: charge.epsilon, delta: charge.delta, rho: charge.rho), time: nil,
        recipientDigest: charge.recipient)
    }
    charges = rows.map(\.charge) + others
  }

  static func note(_ request: BudgetRequest, at time: LogTime) -> JSONObject {
    [
      "recipient": .string(request.recipient), "epsilon": .string(request.charge.epsilon.description),
      "delta": .string(request.charge.delta.description), "rho": .string(request.charge.rho.description),
      "t": .string(time.description),
    ]
  }

  private static func charge(_ note: JSONObject, _ release: ReleaseID, _ vault: VaultID) throws
    -> RecordedCharge
  {
    guard let recipient = note["recipient"]?.string, let epsilon = note["epsilon"]?.string,
      let delta = note["delta"]?.string, let rho = note["rho"]?.string, let time = note["t"]?.string
    else { throw VaultError(.integrity, "a row of the budgets is malformed") }
    return RecordedCharge(
      release: release, recipient: recipient, charge: try cost(epsilon: epsilon, delta: delta, rho: rho),
      time: time,
      recipientDigest: BudgetCharge.digest(ofRecipient: recipient, vault: vault))
  }

  private static func cost(epsilon: String, delta: String, rho: String) throws(VaultError) -> PrivacyCharge {
    guard let epsilon = Rational(epsilon), let delta = Rational(delta), let rho = Rational(rho) else {
      throw VaultError(.integrity, "a recorded charge of a privacy budget is malformed")
    }
    return PrivacyCharge(recorded: epsilon, delta: delta, rho: rho)
  }
}

extension RecordedCharge {
  /// The charge as the warden keeps it.
  var wardenCharge: BudgetCharge {
    BudgetCharge(
      release: release, recipient: recipientDigest, epsilon: charge.epsilon.description,
      delta: charge.delta.description, rho: charge.rho.description)
  }
}

extension Session {
  /// What was spent of the privacy budgets; an entry.
  ///
  /// - Parameters:
  ///   - isForAggregate: whether it is the preview of an aggregate, and so for whom that is permitted.
  ///   - purpose: a purpose of the policy, or nil for the role's default.
  public func budgetAccount(isForAggregate: Bool = false, purpose: String? = nil) throws -> BudgetAccount {
    var request = AccessRequest(
      isForAggregate ? .exportAggregate : .exportRead, purpose: purpose, classes: [.score])
    request.details = isForAggregate ? ["what": "budget", "dry_run": true] : ["what": "budget"]
    return try decide(request) { try self.account($0) }
  }

  private func account(_ context: AccessContext) throws -> BudgetAccount {
    try BudgetAccount(
      context.reader, environment.warden, key: try context.keys.classKey(.score, context.reader),
      rules: context.opened.policy.exports, vault: context.vaultID)
  }

  /// Spends what a release costs: durable in the vault and in the warden's file when this returns.
  ///
  /// Decided by what both know, in the transaction that writes it: no two processes spend the same.
  ///
  /// - Throws: `budgetExhausted`; then nothing was spent.
  func spend(_ request: BudgetRequest, for release: ReleaseID, _ context: AccessContext) throws {
    let recorded: [RecordedCharge] = try commit(mayUseBallast: false) { commit, opened, keys in
      let key = try keys(context.role).classKey(.score, commit.writer)
      let vault = opened.governance.vaultID
      let account = try BudgetAccount(
        commit.writer, environment.warden, key: key, rules: opened.policy.exports, vault: vault)
      try account.require(request)
      let time = environment.clock.now()
      let note = SealedNote(vault: vault, kind: .charge, release: release)
      let sealed = try note.seal(BudgetAccount.note(request, at: time), with: key)
      var draft = EntryDraft(.change, "export.spend")
      draft.purpose = context.purpose
      draft.ref = context.entry
      draft.ticket = ticket
      draft.details = [
        "release": .string(release.description), "recipient": .string(request.recipient),
        "epsilon": .string(request.charge.epsilon.description),
        "delta": .string(request.charge.delta.description),
      ]
      try commit.insert(
        Schema.budget, Row([.blob(release.bytes), .integer(Int64(commit.nextIndex)), .blob(sealed)]))
      commit.append(draft)
      let mine = RecordedCharge(
        release: release, recipient: request.recipient, charge: request.charge, time: time.description,
        recipientDigest: BudgetCharge.digest(ofRecipient: request.recipient, vault: vault))
      return (account.charges + [mine], context.role)
    }
    // The whole account: a file that was lost remembers again.
    try environment.warden.charge(recorded.map(\.wardenCharge))
  }
}
