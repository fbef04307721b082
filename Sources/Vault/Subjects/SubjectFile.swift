public import AuditLog

/// What a subject report begins with: the customer's records, and what the vault's rules say of them. The values live
/// in wiped memory and go with it.
public final class SubjectFile {
  /// A purpose of the policy, and what holds for this customer.
  public struct PurposeStanding: Sendable {
    /// The purpose.
    public let purpose: Purpose
    /// Whether its rule lets the customer be reached for it now.
    public let isAllowed: Bool
  }

  /// Who may use which data, by role: nobody is named.
  public struct Reader: Sendable {
    /// The role.
    public let role: Role
    /// The data classes whose keys it holds.
    public let classes: [DataClass]
    /// The purposes under which it may act.
    public let purposes: [String]
  }

  /// The vault's id.
  public let vaultID: VaultID
  /// The vault's settings.
  public let settings: VaultSettings
  /// When the report was made.
  public let made: LogTime
  /// What the report is made for.
  public let purpose: Purpose
  /// The policy in force.
  public let policy: Policy
  /// The customer, then everybody who was merged into it.
  public let members: [SubjectMember]
  /// Whether the customer's data is restricted: kept, and not used.
  public let isRestricted: Bool
  /// Classes that the law wants kept, with the end of it; nil for no end that is known.
  public let holds: [DataClass: LogTime?]
  /// Every purpose of the policy, by name.
  public let purposes: [PurposeStanding]
  /// Which roles may use which data.
  public let readers: [Reader]

  init(
    vaultID: VaultID, settings: VaultSettings, made: LogTime, purpose: Purpose, policy: Policy,
    members: [SubjectMember], isRestricted: Bool, holds: [DataClass: LogTime?]
  ) {
    self.vaultID = vaultID
    self.settings = settings
    self.made = made
    self.purpose = purpose
    self.policy = policy
    self.members = members
    self.isRestricted = isRestricted
    self.holds = holds
    purposes = policy.purposes.values.sorted { $0.name < $1.name }.map { purpose in
      // Of consents the customer's own count: a merge has made them the strictest of all.
      let standing = members.first?.view.consent?.standing(for: purpose.name)
      let isGone = members.first?.erasedClasses.contains(.consent) == true
      let isAllowed =
        purpose.allows(
          granted: standing?.isGranted ?? false, objected: standing?.isObjected ?? isGone)
        && (!isRestricted || purpose.reachesRestricted)
      return PurposeStanding(purpose: purpose, isAllowed: isAllowed)
    }
    readers = Role.allCases.filter { !$0.classes.isEmpty && !policy.rules(for: $0).actions.isEmpty }.map {
      Reader(role: $0, classes: $0.classes.sorted(), purposes: policy.rules(for: $0).purposes.sorted())
    }
  }

  /// Where account numbers of the customer come from. Sorted.
  public var accountSources: [String] {
    Set(members.flatMap { $0.view.names(of: .identity).compactMap(\.accountSource) }).sorted()
  }

  /// Where the customer's consents and objections were said. Sorted.
  public var consentSources: [String] {
    Set(members.flatMap { $0.view.consent?.changes.map(\.source) ?? [] }).subtracting([""]).sorted()
  }
}

/// The records of one customer of a subject report.
public final class SubjectMember {
  /// Identity and profile as the policy lets the report show them, and the consents; no summary of behavior.
  public let view: CustomerView
  /// What was changed and when, oldest first; never by whom.
  public let changes: [CustomerChange]
  /// The data classes whose keys were overwritten.
  public let erasedClasses: [DataClass]

  init(view: CustomerView, changes: [CustomerChange], erasedClasses: [DataClass]) {
    self.view = view
    self.changes = changes
    self.erasedClasses = erasedClasses
  }

  /// The customer's id.
  public var pseudonym: Pseudonym { view.pseudonym }
}

/// Takes a subject report piece by piece, in this order, so that a long history needs no memory.
public protocol SubjectReceiver: AnyObject {
  /// What the report begins with.
  func begin(_ file: SubjectFile) throws
  /// The next event, in the order in which events were recorded.
  func take(_ event: SubjectEvent) throws
  /// The events are over.
  func endEvents() throws
  /// The next access of the log to this customer, oldest first.
  func take(_ access: LogEntry, _ involvement: Session.Involvement) throws
}
