internal import Yams

extension Policy {
  /// The largest policy text, in bytes.
  public static let maximumLength = 262_144

  /// Reads and checks a policy's YAML text.
  ///
  /// - Throws: ``VaultError`` `.badInput` that names the place of what is wrong.
  public init(parsing text: String) throws(VaultError) {
    guard text.utf8.count <= Self.maximumLength else {
      throw VaultError(.badInput, "the policy is larger than \(Self.maximumLength) bytes")
    }
    let node: Node?
    do { node = try Yams.compose(yaml: text) } catch {
      throw VaultError(.badInput, "the policy is not valid YAML")
    }
    guard let node else { throw VaultError(.badInput, "the policy is empty") }
    var root = try YAMLMap(node, path: "")
    guard try root.text("policy") == "1" else {
      throw VaultError(.badInput, "policy: version 1 is the only one that is known")
    }
    let name = try root.line("name")
    let customFields = try Self.customFields(&root)
    let known = Set(FieldName.identity.map(\.text) + (customFields[.identity] ?? []))

    var purposes: [String: Purpose] = [:]
    for (name, node) in try root.map("purposes").members {
      guard Purpose.isName(name) else {
        throw root.error("purposes", "has a name that is no word of lower-case letters, digits and hyphens")
      }
      var entry = try YAMLMap(node, path: "purposes.\(name)")
      guard let rule = Purpose.Rule(rawValue: try entry.text("rule")) else {
        throw entry.error("rule", "is not one of consent, objection, none")
      }
      purposes[name] = Purpose(name: name, legalBasis: try entry.line("legal_basis"), rule: rule)
      try entry.finish()
    }

    var roles: [Role: RolePolicy] = [:]
    for (name, node) in try root.map("roles").members {
      guard let role = Role(name: name) else { throw root.error("roles.\(name)", "is not a role") }
      roles[role] = try RolePolicy(role: role, node: node, purposes: purposes, fields: known)
    }
    let exports = try ExportRules(try root.optionalMap("exports"))
    let log = try LogRules(try root.optionalMap("log"))
    let retention = try RetentionRules(try root.optionalMap("retention"), purposes: purposes)
    try IndexRules.check(try root.optionalTexts("index"), custom: customFields)
    let approvals = try ApprovalRules(root.optionalMap("approvals"))
    let review = try ReviewRules(root.optionalMap("review"))
    let segments = try SegmentPolicy(root.optionalMap("segments"))
    let recommendation = try RecommendationPolicy(root.optionalMap("recommend"))
    try root.finish()
    self.init(
      text: text, name: name, purposes: purposes, roles: roles, customFields: customFields, exports: exports,
      log: log, approvals: approvals, retention: retention, review: review,
      segments: segments, recommendation: recommendation)
  }

  private static func customFields(_ root: inout YAMLMap) throws(VaultError) -> [DataClass: [String]] {
    var customFields: [DataClass: [String]] = [:]
    var taken = Set((FieldName.identity + FieldName.profile).map(\.text))
    guard let fields = try root.optionalMap("fields") else { return [:] }
    for (name, node) in fields.members {
      guard let dataClass = DataClass(name: name), dataClass == .identity || dataClass == .profile else {
        throw root.error("fields", "has a class that is neither identity nor profile")
      }
      let path = "fields.\(dataClass.name)"
      for text in try YAMLMap.texts(node, path: path) {
        guard let field = FieldName(text), field.accountSource == nil else {
          throw root.error(path, "has a name that is no field's: lower-case letters, digits and '_'")
        }
        guard taken.insert(text).inserted else {
          throw root.error(path, "names '\(text)', which is a field already")
        }
        customFields[dataClass, default: []].append(text)
      }
    }
    return customFields
  }
}

extension RolePolicy {
  fileprivate init(
    role: Role, node: Node, purposes known: [String: Purpose], fields: Set<String>
  ) throws(VaultError) {
    func isIdentity(_ field: String) -> Bool {
      fields.contains(field) || field == "account" || FieldName(field)?.accountSource != nil
    }
    let path = "roles.\(role.name)"
    var entry = try YAMLMap(node, path: path)
    var actions: Set<Action> = []
    for text in try entry.optionalTexts("actions") ?? [] {
      guard let action = Action(rawValue: text) else {
        throw entry.error("actions", "'\(text)' is no action")
      }
      guard !action.isGovernance else {
        throw entry.error("actions", "'\(text)' is decided by the governance chain, not by a policy")
      }
      guard action.neededClasses.isSubset(of: role.classes) else {
        throw entry.error("actions", "'\(text)' needs keys that the role does not hold")
      }
      actions.insert(action)
    }
    self.actions = actions
    self.purposes = Set(try entry.optionalTexts("purposes") ?? [])
    for purpose in purposes where known[purpose] == nil {
      throw entry.error("purposes", "'\(purpose)' is not among the policy's purposes")
    }
    defaultPurpose = try entry.optionalText("default_purpose")
    if let defaultPurpose, !purposes.contains(defaultPurpose) {
      throw entry.error("default_purpose", "'\(defaultPurpose)' is not among the role's purposes")
    }
    var masks: [String: String] = [:]
    for (field, node) in try entry.optionalMap("masks")?.members ?? [] {
      guard isIdentity(field) else {
        throw entry.error("masks", "has '\(field)', which is no field of identity")
      }
      guard let mask = node.string, Mask(rawValue: mask) != nil else {
        throw entry.error("masks.\(field)", "is no mask")
      }
      masks[field] = mask
    }
    self.masks = masks
    var reveals: [String: Set<String>] = [:]
    for (purpose, node) in try entry.optionalMap("reveal")?.members ?? [] {
      guard purposes.contains(purpose) else {
        throw entry.error("reveal.\(purpose)", "is not among the role's purposes")
      }
      let revealed = try YAMLMap.texts(node, path: "\(path).reveal.\(purpose)")
      for field in revealed where field != "all" && !isIdentity(field) {
        throw entry.error("reveal.\(purpose)", "has '\(field)', which is no field of identity")
      }
      reveals[purpose] = Set(revealed)
    }
    self.reveals = reveals
    try entry.finish()
  }
}
