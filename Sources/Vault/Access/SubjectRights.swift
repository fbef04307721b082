internal import AuditLog

/// How many customers a run over everybody leaves out beside those whom the purpose's rule does.
struct SparedCustomers: Sendable {
  /// Customers whose processing is restricted.
  var restricted: UInt64 = 0
  /// Customers of whom the classes that are needed are erased, and others not.
  var erased: UInt64 = 0
}

/// What customers' own rights say of an access: the purpose's rule over the permission bits, restrictions, erasures.
///
/// The gate asks here under an entry that is durable already, for one customer as for many.
struct SubjectRights {
  let purpose: Purpose?
  /// The permission bits of the purpose; nil where its rule asks for none.
  let bits: PermissionBits?
  let subjects: SubjectStanding

  /// Why a customer may not be reached, or nil.
  ///
  /// - Parameter members: the ordinals of the customer and of all who were merged into it, its own first.
  func refusal(of members: [UInt64]) -> VaultError? {
    guard let purpose, let customer = members.first else { return nil }
    if !purpose.reachesRestricted, members.contains(where: subjects.restricted.contains) {
      return VaultError(
        .notPermitted, "the customer's data is restricted: kept, and not to be used",
        hint: "only the customer's own requests and legal claims may reach it")
    }
    guard !allows(customer, purpose) else { return nil }
    return VaultError(
      .notPermitted,
      purpose.rule == .consent
        ? "the customer has not consented to \(purpose.name)"
        : "the customer has objected to \(purpose.name)",
      hint: "choose another purpose only if it is the true one")
  }

  /// Everybody below `universe` who may be reached, and how many are left out beside the purpose's rule.
  ///
  /// Whoever was merged is reached where the customer is into whom it was.
  func allowed(universe: UInt64, links: MergeLinks, needing classes: Set<DataClass>) throws -> (
    SubjectSet, SparedCustomers
  ) {
    var set =
      try purpose.flatMap { purpose in
        try bits.map { try $0.allowed(purpose, universe: universe) }
      } ?? .all(universe: universe)
    var spared = SparedCustomers()
    for (ordinal, gone) in subjects.erased where ordinal < universe {
      guard !subjects.isErased(ordinal) else {
        set.remove(ordinal)
        continue
      }
      if gone.contains(.consent), let purpose, purpose.rule != Purpose.Rule.none { set.remove(ordinal) }
      guard set.contains(ordinal), !gone.isDisjoint(with: classes) else { continue }
      set.remove(ordinal)
      if links.roots[ordinal] == nil { spared.erased += 1 }
    }
    for (source, root) in links.roots where source < universe && root < universe {
      if set.contains(root) { try set.insert(source) } else { set.remove(source) }
    }
    if let purpose, !purpose.reachesRestricted { spared.restricted = restrict(&set, links) }
    return (set, spared)
  }

  private func allows(_ customer: UInt64, _ purpose: Purpose) -> Bool {
    guard purpose.rule != .none else { return true }
    // Whose consents are erased has objected to everything.
    guard let bits, !subjects.erasedClasses(of: customer).contains(.consent) else { return false }
    return bits.allows(customer, purpose)
  }

  /// Takes restricted customers out, with all who were merged into them; how many.
  private func restrict(_ set: inout SubjectSet, _ links: MergeLinks) -> UInt64 {
    guard !subjects.restricted.isEmpty else { return 0 }
    let roots = Set(subjects.restricted.map { links.roots[$0] ?? $0 })
    var count: UInt64 = 0
    for root in roots where set.contains(root) {
      set.remove(root)
      count += 1
    }
    for (source, root) in links.roots where roots.contains(root) { set.remove(source) }
    return count
  }
}

extension Purpose {
  /// The purpose of a customer's own requests.
  static let dataSubjectRequest = "data-subject-request"
  /// The purpose of what the law asks, legal claims among it.
  static let legalObligation = "legal-obligation"

  /// Whether customers whose processing is restricted may be reached for it (GDPR article 18, paragraph 2).
  var reachesRestricted: Bool { name == Self.dataSubjectRequest || name == Self.legalObligation }
}
