public import AuditLog
public import Sodium

/// What needs a second person (DESIGN section 5).
public enum SensitiveAction: String, Sendable, CaseIterable {
  /// Identities of several customers at once.
  case bulkReveal = "customer.reveal"
  /// The way back from a release's pseudonyms to customers.
  case reidentification = "export.reidentify"
  /// A release whose risk is above the policy's limit.
  case exportAboveLimit = "export.above-limit"
  /// A further custodian.
  case custodian = "role.custodian"
  /// Another policy.
  case policyChange = "policy.apply"
  /// A backup in the place of the vault.
  case restore = "backup.restore"
  /// Taking the last other approver's role away: that approver must agree.
  case approverRemoval = "approver.remove"

  /// Whether the governance chain itself refuses the action's statement without an approval, so that no policy can
  /// waive it.
  public var isDemandedByChain: Bool {
    switch self {
    case .custodian, .policyChange, .restore, .approverRemoval: true
    case .bulkReveal, .reidentification, .exportAboveLimit: false
    }
  }

  /// The actions that a policy may name.
  public static let named = allCases.filter { $0 != .approverRemoval }

  /// What an approval covers: SHA-256 over the action's name, a line feed, and the canonical JSON of what is asked.
  public func digest(of content: JSONObject) throws(VaultError) -> Digest32 {
    do {
      return SHA256.hash(Array(rawValue.utf8) + [0x0a] + (try CanonicalJSON.encode(.object(content))))
    } catch { throw VaultError(.badInput, "what is asked for cannot be written down") }
  }
}
