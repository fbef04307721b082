public import AuditLog

/// Which customers an access may touch.
public enum SubjectScope: Sendable {
  /// No customer: a search by identifier, or work on the log alone.
  case none
  /// One customer, by ordinal.
  case one(UInt64)
  /// One customer and those who were merged into it, by ordinal.
  case few([UInt64])
  /// Many, as a set over ordinals.
  case many(SubjectSet)

  /// Whether the customer of this ordinal is within the scope.
  public func contains(_ ordinal: UInt64) -> Bool {
    switch self {
    case .none: false
    case .one(let only): only == ordinal
    case .few(let members): members.contains(ordinal)
    case .many(let set): set.contains(ordinal)
    }
  }
}

/// Proof that an access was decided, and its entry made durable, before anything is opened.
///
/// Half a key rather than a promise: the warden hands out customer keys only for a receipt, and opening a record
/// takes one. It cannot be copied, and only ``Gate`` makes one: code that reads without an entry does not compile.
public struct AccessReceipt: ~Copyable, Sendable {
  /// The index of the audit entry that allowed this access.
  public let entry: UInt64
  /// The data classes that may be opened.
  public let classes: Set<DataClass>
  /// The customers that may be opened.
  public let subjects: SubjectScope
  /// Whether the index of identifiers may be searched.
  public let maySearch: Bool
  /// Whether keys of new customers may be made.
  public let mayEnrol: Bool

  /// What needed a second person's approval, or nil.
  public let sensitive: SensitiveAction?
  /// By what right that is done.
  public let clearance: Clearance

  /// Whether what needed an approval has one: without, the warden gives nothing.
  var isCleared: Bool {
    guard let sensitive else { return true }
    return switch clearance {
    case .notNeeded: false
    case .unapproved: true
    case .approved(let approval): approval.verdict == .approved && approval.subject.action == sensitive
    }
  }

  /// Whether keys of this customer may be made or, where they are there already, handed out for it: a right to
  /// enrol is one for customers who were not there when the receipt was minted, not for all others.
  func covers(enrolmentOf ordinal: UInt64) -> Bool {
    if subjects.contains(ordinal) { return true }
    guard mayEnrol else { return false }
    return switch subjects {
    case .none: true
    case .one, .few: false
    case .many(let set): ordinal >= set.universe
    }
  }

  /// Only the gate calls this, after the entry is durable.
  init(
    mintedFor entry: UInt64, classes: Set<DataClass>, subjects: SubjectScope, maySearch: Bool, mayEnrol: Bool,
    sensitive: SensitiveAction? = nil, clearance: Clearance = .notNeeded
  ) {
    self.sensitive = sensitive
    self.clearance = clearance
    self.entry = entry
    self.classes = classes
    self.subjects = subjects
    self.maySearch = maySearch
    self.mayEnrol = mayEnrol
  }
}
