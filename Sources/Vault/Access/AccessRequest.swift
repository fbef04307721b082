internal import AuditLog

/// What somebody asks of the gate.
public struct AccessRequest: Sendable {
  /// Whom an access is about.
  public enum Subject: Sendable {
    /// Nobody in particular: a search by identifier, an entry of the log.
    case none
    /// One customer, by pseudonym.
    case customer(Pseudonym)
    /// Every customer.
    case everybody
  }

  /// What is to be done.
  public var action: Action
  /// Why, or nil for the role's default purpose.
  public var purpose: String?
  /// Whom it is about.
  public var subject: Subject
  /// The data classes that are needed.
  public var classes: Set<DataClass>
  /// Classes that are taken along if the role holds their keys.
  public var optionalClasses: Set<DataClass>
  /// The fields that are to be revealed, for the entry; never values.
  public var fields: [String]
  /// Whether the index of identifiers is searched.
  public var searchesIndex: Bool
  /// Whether customers may be added.
  public var enrols: Bool
  /// A second customer, who is to be merged into the first.
  var alongside: Pseudonym?
  /// Whether the access goes on where what it needs of the customer is erased.
  var toleratesErased = false
  /// What the entry says beyond that; never values.
  var details: JSONValue?
  /// The second person's approval that it needs, or nil.
  public var approval: ApprovalNeed?
  /// Why it is refused whatever the policy says: found before, and to be an entry like every other refusal.
  var refusal: VaultError?

  /// A request.
  public init(
    _ action: Action, purpose: String? = nil, subject: Subject = .none, classes: Set<DataClass> = [],
    optionalClasses: Set<DataClass> = [], fields: [String] = [], searchesIndex: Bool = false,
    enrols: Bool = false
  ) {
    self.action = action
    self.purpose = purpose
    self.subject = subject
    self.classes = classes
    self.optionalClasses = optionalClasses
    self.fields = fields
    self.searchesIndex = searchesIndex
    self.enrols = enrols
  }
}
