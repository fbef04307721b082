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
    let able = candidates.filter { roles.contains($0) && Self.allows(request.action, $0, policy) }
    // The least role that may do it for this purpose; else the least that may do it at all, to say why not.
    guard let role = able.first(where: { Self.refusal(request, $0, policy) == nil }) ?? able.first else {
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
    guard let purposeName = request.purpose ?? (request.action.isGovernance ? nil : rules.defaultPurpose)
    else {
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
    refusal = Self.refusal(request, role, policy)
  }

  /// Why a role that may do the action may not do it for this purpose, with these classes and fields; or nil.
  private static func refusal(_ request: AccessRequest, _ role: Role, _ policy: Policy) -> VaultError? {
    let rules = policy.rules(for: role)
    guard !request.action.isGovernance,
      let purpose = (request.purpose ?? rules.defaultPurpose).flatMap({ policy.purposes[$0] })
    else { return nil }
    guard rules.purposes.contains(purpose.name) else {
      return VaultError(.notPermitted, "the role \(role.name) may not act for the purpose \(purpose.name)")
    }
    guard request.classes.isSubset(of: role.classes) else {
      return VaultError(.notPermitted, "the role \(role.name) does not hold the keys that this needs")
    }
    let refused = request.fields.first {
      !rules.mayReveal($0, for: purpose.name) && !policy.isProfile($0)
        && !($0 == "all" && rules.reveals[purpose.name]?.isEmpty == false)
    }
    return refused.map {
      VaultError(
        .notPermitted, "the role \(role.name) may not reveal \($0) for the purpose \(purpose.name)",
        hint: revealHint($0, purpose, rules))
    }
  }

  /// The fields as the entry names them: `all` stands for what the policy lets the role reveal for the purpose.
  func revealed(_ fields: [String], _ policy: Policy) -> [String] {
    guard fields == ["all"], let purpose, let allowed = policy.rules(for: role).reveals[purpose.name] else {
      return fields
    }
    return allowed.sorted()
  }

  private static func allows(_ action: Action, _ role: Role, _ policy: Policy) -> Bool {
    switch action {
    case .roleConfirm, .requestCreate: true
    case .requestApprove, .requestDeny: role == .privacyOfficer || role == .custodian
    case _ where action.isGovernance: role == .custodian
    case _ where action.isAboutLog && !role.keys.contains(.audit): false
    // Adds the second share of a release's key, which the role's own key opens.
    case .exportReidentify where role == .custodian: true
    // The log's own affairs follow from who reads it.
    case .auditWitness: role.keys.contains(.audit) && policy.rules(for: role).actions.contains(.auditRead)
    case .breachReport: policy.rules(for: role).actions.contains(.auditRead)
    case .auditRetention, .auditErase, .leakageReport:
      role == .privacyOfficer && policy.rules(for: role).actions.contains(.auditRead)
    case _ where action.isSubjectOrder:
      role == .privacyOfficer && policy.rules(for: role).actions.contains(action)
    default: policy.rules(for: role).actions.contains(action)
    }
  }

  private static func revealHint(_ field: String, _ purpose: Purpose, _ rules: RolePolicy) -> String {
    let fields = (rules.reveals[purpose.name] ?? []).sorted()
    let purposes = rules.purposes.filter { rules.mayReveal(field, for: $0) }.sorted()
    let here = fields.isEmpty ? "nothing" : fields.joined(separator: ", ")
    let others = purposes.isEmpty ? "" : "; \(field) for: \(purposes.joined(separator: ", "))"
    return "it may reveal for this purpose: \(here)\(others)"
  }

  private static func list(_ roles: [Role]) -> String {
    "the role" + (roles.count == 1 ? " " : "s ") + roles.map(\.name).joined(separator: ", ")
  }

  private static func hint(_ action: Action, _ policy: Policy) -> String {
    let roles = Role.allCases.filter { allows(action, $0, policy) }.map(\.name)
    return roles.isEmpty ? "the policy allows it to nobody" : "it is for: \(roles.joined(separator: ", "))"
  }
}
