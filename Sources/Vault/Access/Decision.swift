/// What role, policy and purpose say of a request: by nothing that is customer data.
struct Decision {
  /// The role that acts.
  let role: Role
  /// The purpose, where the action needs one.
  let purpose: Purpose?
  /// The classes that may be opened.
  let classes: Set<DataClass>
  /// Why it is refused, or nil.
  let refusal: VaultError?

  /// Decides a request of a user.
  ///
  /// - Throws: `.usage` for a purpose that the policy does not know or that is missing, `.notPermitted` for a user
  ///   without any role, who can write no entry either.
  init(
    _ request: AccessRequest, user: KeyID, name: String, requestedRole: Role?, governance: Governance,
    policy: Policy
  ) throws(VaultError) {
    let roles = governance.roles(of: user)
    guard let least = roles.first else {
      throw VaultError(
        .notPermitted, "\(name) has no role in this vault",
        hint: "a custodian can grant one, and a member of the role confirms it")
    }
    let candidates = requestedRole.map { [$0] } ?? roles
    let allowed = candidates.first { roles.contains($0) && Self.allows(request.action, $0, policy) }
    guard let role = allowed else {
      let acting = requestedRole.flatMap { roles.contains($0) ? $0 : nil } ?? least
      self.role = acting
      purpose = request.purpose.flatMap { policy.purposes[$0] }
      classes = []
      refusal =
        if let requestedRole, !roles.contains(requestedRole) {
          VaultError(.notPermitted, "\(name) does not have the role \(requestedRole.name)")
        } else {
          VaultError(
            .notPermitted, "\(request.action.rawValue) is not permitted to \(Self.list(candidates))",
            hint: Self.hint(request.action, policy))
        }
      return
    }
    self.role = role
    let rules = policy.rules(for: role)
    let optional = request.optionalClasses.intersection(role.classes)
    classes = request.classes.union(optional)
    guard let purposeName = request.purpose ?? (request.action.isGovernance ? nil : rules.defaultPurpose) else {
      guard !request.action.needsPurpose else {
        throw VaultError(
          .usage, "a purpose is needed: \(rules.purposes.sorted().joined(separator: ", "))",
          hint: "add --purpose PURPOSE")
      }
      purpose = nil
      refusal = nil
      return
    }
    guard let purpose = policy.purposes[purposeName] else {
      throw VaultError(
        .usage, "the policy knows no such purpose",
        hint: "one of: \(policy.purposes.keys.sorted().joined(separator: ", "))")
    }
    self.purpose = purpose
    refusal =
      if !request.action.isGovernance, !rules.purposes.contains(purpose.name) {
        VaultError(.notPermitted, "the role \(role.name) may not act for the purpose \(purpose.name)")
      } else if !request.classes.isSubset(of: role.classes) {
        VaultError(.notPermitted, "the role \(role.name) does not hold the keys that this needs")
      } else if let field = request.fields.first(where: { !rules.mayReveal($0, for: purpose.name) }) {
        VaultError(
          .notPermitted, "the role \(role.name) may not reveal \(field) for the purpose \(purpose.name)")
      } else {
        nil
      }
  }

  private static func allows(_ action: Action, _ role: Role, _ policy: Policy) -> Bool {
    switch action {
    case .roleConfirm: true
    case _ where action.isGovernance: role == .custodian
    case .auditRead where !role.keys.contains(.audit): false
    default: policy.rules(for: role).actions.contains(action)
    }
  }

  private static func list(_ roles: [Role]) -> String {
    "the role" + (roles.count == 1 ? " " : "s ") + roles.map(\.name).joined(separator: ", ")
  }

  private static func hint(_ action: Action, _ policy: Policy) -> String {
    let roles = Role.allCases.filter { allows(action, $0, policy) }.map(\.name)
    return roles.isEmpty ? "the policy allows it to nobody" : "it is for: \(roles.joined(separator: ", "))"
  }
}
