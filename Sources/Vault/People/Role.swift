/// What a person may be in a vault. A role is a set of keys; what keys cannot express, the policy and the gate do.
public enum Role: UInt8, Sendable, CaseIterable, Comparable {
  /// Reads, verifies, reports and reviews the log; no customer data.
  case auditor = 1
  /// Lists and scores by pseudonym; never identity.
  case analyst = 2
  /// Finds and shows one customer at a time, masked.
  case agent = 3
  /// Imports, adds, updates and searches customers.
  case steward = 4
  /// Consent, subject reports, erasure, approvals, log.
  case privacyOfficer = 5
  /// Users, roles and policy; no customer data, no log text.
  case custodian = 6

  /// The role's name in policies, entries and commands.
  public var name: String {
    switch self {
    case .auditor: "auditor"
    case .analyst: "analyst"
    case .agent: "agent"
    case .steward: "steward"
    case .privacyOfficer: "privacy-officer"
    case .custodian: "custodian"
    }
  }

  /// The role of this name, or nil.
  public init?(name: String) {
    guard let found = Role.allCases.first(where: { $0.name == name }) else { return nil }
    self = found
  }

  /// The data classes whose keys the role holds (DESIGN section 5).
  public var classes: Set<DataClass> {
    switch self {
    case .auditor, .custodian: []
    case .analyst: [.profile, .behavior, .consent, .score]
    case .agent, .steward: [.identity, .profile, .behavior, .consent]
    case .privacyOfficer: [.identity, .profile, .behavior, .consent, .score]
    }
  }

  /// Every key that is sealed to the role, the log key included.
  public var keys: [KeyKind] {
    var keys: [KeyKind] = classes.sorted().map { .dataClass($0) }
    if classes.contains(.identity) { keys += [.index, .matching] }
    if self == .auditor || self == .privacyOfficer { keys.append(.audit) }
    return keys + [.log]
  }

  /// By how much the role can do, least first: the order in which a command picks one of a user's roles.
  public static func < (left: Role, right: Role) -> Bool { left.rawValue < right.rawValue }
}
