public import AuditLog
public import Scoring

/// Which kind of data leaves.
public enum ReleaseKind: String, Sendable, CaseIterable {
  /// Rows without any id, recoded.
  case anonymized
  /// Rows with pseudonyms of their own: personal data.
  case pseudonymized
  /// Figures with noise.
  case aggregate

  /// The action that the gate decides.
  var action: Action {
    switch self {
    case .anonymized: .exportAnonymized
    case .pseudonymized: .exportPseudonymized
    case .aggregate: .exportAggregate
    }
  }
}

/// What is asked for when data is to leave.
public struct ExportOrder: Sendable {
  /// Which kind.
  public var kind: ReleaseKind
  /// A purpose of the policy, or nil for the role's default.
  public var purpose: String?
  /// Who gets it (``ExportNames/isRecipient(_:)``).
  public var recipient: String
  /// The version of the privacy notice that covers it, or nil for the policy's.
  public var notice: String?
  /// The columns that are read.
  public var plan: ExportPlan
  /// What the intent says beyond that; never values.
  public var details: JSONObject
  /// Whether nothing will leave.
  public var isDryRun: Bool
  /// What it costs of the privacy budgets; spent, durably, before a customer is opened.
  public var budget: BudgetRequest?

  /// An order.
  public init(
    _ kind: ReleaseKind, purpose: String?, recipient: String, notice: String?, plan: ExportPlan,
    details: JSONObject = JSONObject(), isDryRun: Bool = false
  ) {
    self.kind = kind
    self.purpose = purpose
    self.recipient = recipient
    self.notice = notice
    self.plan = plan
    self.details = details
    self.isDryRun = isDryRun
  }
}

/// What was read for an export, and what is known of it besides the rows.
public struct ExportGathering: Sendable {
  /// The release that it will be.
  public let release: ReleaseID
  /// The purpose.
  public let purpose: Purpose
  /// The version of the privacy notice.
  public let notice: String
  /// The as-of day.
  public let asOf: LocalDay
  /// How many rows there are.
  public let rows: Int
  /// Customers who are not among the rows, by reason.
  public let excluded: [(reason: String, customers: UInt64)]
  /// The index of the intent.
  public let intent: UInt64
  /// What the policy says of exports.
  public let rules: ExportRules
  /// What earlier releases of recoded rows say of the same customers.
  public let earlier: EarlierReleases
  /// How many earlier releases of recoded rows the recipient has that are not among them.
  public let uncompared: Int
  /// The pseudonyms of the rows; nil unless the release has any.
  public let pseudonyms: ReleasePseudonyms?
}

/// A file that is ready to leave: what its receipt says, and who is in it.
public struct ReleaseDraft: Sendable {
  /// The class of a row that is not in the file.
  public static let absent = UInt32.max

  /// What the receipt says of the file, beside what the vault adds.
  public var body: JSONObject
  /// Row by row the class in which it is published, or ``absent``; empty where no customer has a row.
  public var classOfRow: [UInt32]
  /// What a second person must approve, since the risk is above the policy's limit; nil where nobody must.
  public var approval: (content: JSONObject, text: String)?

  /// A draft.
  public init(body: JSONObject, classOfRow: [UInt32]) {
    self.body = body
    self.classOfRow = classOfRow
  }
}
