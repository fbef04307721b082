public import Sodium

/// The vault's policy: purposes, roles, masks. A YAML file under version control, signed into the vault.
///
/// Keys decide what a role can open at all; the policy decides, among that, what the program lets it do. It is
/// client-enforced in embedded mode, and every entry names the policy version that decided.
public struct Policy: Sendable, Hashable {
  /// The exact text that was signed in.
  public let text: String
  /// The policy's name.
  public let name: String
  /// The closed list of purposes, by name.
  public let purposes: [String: Purpose]
  /// What each role may.
  public let roles: [Role: RolePolicy]
  /// Custom fields of `identity` and `profile` beside the built-in ones.
  public let customFields: [DataClass: [String]]
  /// What holds for exports.
  public let exports: ExportRules
  /// What holds for the log.
  public let log: LogRules
  /// What needs a second person.
  public let approvals: ApprovalRules
  /// How long customer data is kept.
  public let retention: RetentionRules
  /// What a review of the log takes note of.
  public let review: ReviewRules
  /// How customers are put into segments.
  public let segments: SegmentPolicy
  /// What recommendations may not rest on.
  public let recommendation: RecommendationPolicy

  /// The policy's hash, which statements and entries name: BLAKE2b-256 of its text.
  public var hash: Digest32 { BLAKE2b.digest256(Array(text.utf8)) }

  /// Whether a field belongs to the profile class, which is never masked.
  func isProfile(_ field: String) -> Bool {
    FieldName.profile.contains { $0.text == field } || customFields[.profile]?.contains(field) == true
  }

  /// The hash as 64 lower-case hex digits.
  public var hashText: String { Hexadecimal.text(hash.bytes) }

  /// What a role may; nothing where the policy does not name it.
  public func rules(for role: Role) -> RolePolicy {
    roles[role] ?? RolePolicy(actions: [], purposes: [], defaultPurpose: nil, masks: [:], reveals: [:])
  }
}
