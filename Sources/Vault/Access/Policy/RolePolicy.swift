/// What the policy lets one role do beyond what its keys say.
public struct RolePolicy: Sendable, Hashable {
  /// The allowed actions.
  public let actions: Set<Action>
  /// The purposes under which the role may act.
  public let purposes: Set<String>
  /// The purpose where the command names none, or nil.
  public let defaultPurpose: String?
  /// How each field is shown: a mask's name, by field; `account` stands for every source.
  public let masks: [String: String]
  /// Which fields may be revealed under which purpose; `all` stands for every field.
  public let reveals: [String: Set<String>]

  /// The mask of a field: `hidden` where the policy says nothing.
  public func mask(of field: String) -> String {
    masks[field] ?? (field.hasPrefix("account.") ? masks["account"] : nil) ?? "hidden"
  }

  /// Whether a field may be revealed under a purpose.
  public func mayReveal(_ field: String, for purpose: String) -> Bool {
    guard let fields = reveals[purpose] else { return false }
    return fields.contains("all") || fields.contains(field)
      || (field.hasPrefix("account.") && fields.contains("account"))
  }
}
