internal import Yams

/// What the policy says of a second person: `approvals` in its text, with defaults for what it leaves out.
///
/// ```yaml
/// approvals:
///   actions: [customer.reveal, export.reidentify, export.above-limit, role.custodian, policy.apply, backup.restore]
///   days: 7
/// ```
public struct ApprovalRules: Sendable, Hashable {
  /// The actions that need a second person.
  public internal(set) var actions = Set(SensitiveAction.named)
  /// How many days an approval counts, unless the approver says less.
  public internal(set) var days = 7

  /// The defaults: every action, for a week.
  public init() {}
}

extension ApprovalRules {
  /// Reads the `approvals` section.
  init(_ section: YAMLMap?) throws(VaultError) {
    guard var section else { return }
    if let names = try section.optionalTexts("actions") {
      actions = []
      for name in names {
        guard let action = SensitiveAction(rawValue: name), SensitiveAction.named.contains(action) else {
          throw section.error(
            "actions", "is a list of \(SensitiveAction.named.map(\.rawValue).joined(separator: ", "))")
        }
        actions.insert(action)
      }
      if let missing = SensitiveAction.named.first(where: { $0.isDemandedByChain && !actions.contains($0) }) {
        throw section.error("actions", "leaves out \(missing.rawValue), which no policy can waive")
      }
    }
    if let text = try section.optionalText("days") {
      guard let number = Int(text), (1...30).contains(number) else {
        throw section.error("days", "is not a whole number from 1 to 30")
      }
      days = number
    }
    try section.finish()
  }
}
