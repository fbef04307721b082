public import AuditLog
internal import Sodium

extension Statement {
  /// What a privacy officer orders about customers, by their ordinals, which mean nothing to who reads them.
  public enum SubjectOrder: Sendable, Hashable {
    /// The customers' keys of these classes are overwritten, then their rows taken away.
    case erase([UInt64], Set<DataClass>)
    /// Nothing but storage, legal claims and the customers' own requests may reach them (GDPR article 18).
    case restrict([UInt64])
    /// Takes a restriction away.
    case unrestrict([UInt64])
    /// The law wants these classes kept, until a time or until they are released.
    case hold([UInt64], Set<DataClass>, until: LogTime?)
    /// Takes legal holds away.
    case release([UInt64], Set<DataClass>)
  }
}

extension Statement.SubjectOrder {
  /// The most customers of one statement, which must fit into an envelope.
  static let ordinalLimit = 1000

  /// The `type` member.
  var type: String {
    switch self {
    case .erase: "subject.erase"
    case .restrict: "subject.restrict"
    case .unrestrict: "subject.unrestrict"
    case .hold: "subject.hold"
    case .release: "subject.release"
    }
  }

  /// The customers, ascending.
  var ordinals: [UInt64] {
    switch self {
    case .erase(let ordinals, _), .restrict(let ordinals), .unrestrict(let ordinals),
      .hold(let ordinals, _, _), .release(let ordinals, _):
      ordinals
    }
  }

  /// The data classes, where it is about some.
  var classes: Set<DataClass>? {
    switch self {
    case .erase(_, let classes), .hold(_, let classes, _), .release(_, let classes): classes
    case .restrict, .unrestrict: nil
    }
  }

  var members: JSONObject {
    var members: JSONObject = ["ordinals": .array(ordinals.map { .string(String($0)) })]
    members["classes"] = classes.map { .array($0.sorted().map { .string($0.name) }) }
    if case .hold(_, _, let until) = self { members["until"] = until.map { .string($0.description) } }
    return members
  }

  /// Reads the members of a type; nil for a type that is no order about customers.
  init?(type: String, _ reader: inout MemberReader) throws(VaultError) {
    switch type {
    case "subject.erase": self = .erase(try Self.ordinals(&reader), try Self.classes(&reader))
    case "subject.restrict": self = .restrict(try Self.ordinals(&reader))
    case "subject.unrestrict": self = .unrestrict(try Self.ordinals(&reader))
    case "subject.hold":
      self = .hold(
        try Self.ordinals(&reader), try Self.classes(&reader), until: try reader.optionalTime("until"))
    case "subject.release": self = .release(try Self.ordinals(&reader), try Self.classes(&reader))
    default: return nil
    }
  }

  private static func ordinals(_ reader: inout MemberReader) throws(VaultError) -> [UInt64] {
    var ordinals: [UInt64] = []
    for value in try reader.array("ordinals") {
      guard case .string(let text) = value, let ordinal = UInt64(text), String(ordinal) == text,
        ordinal < SlotLayout.ordinalLimit, ordinals.last.map({ $0 < ordinal }) ?? true
      else { throw MemberReader.malformed }
      ordinals.append(ordinal)
    }
    guard (1...ordinalLimit).contains(ordinals.count) else { throw MemberReader.malformed }
    return ordinals
  }

  private static func classes(_ reader: inout MemberReader) throws(VaultError) -> Set<DataClass> {
    var classes: [DataClass] = []
    for value in try reader.array("classes") {
      guard case .string(let name) = value, let dataClass = DataClass(name: name),
        classes.last.map({ $0 < dataClass }) ?? true
      else { throw MemberReader.malformed }
      classes.append(dataClass)
    }
    guard !classes.isEmpty else { throw MemberReader.malformed }
    return Set(classes)
  }
}
