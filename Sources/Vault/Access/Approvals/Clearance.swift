internal import AuditLog
internal import Sodium

/// By what right a sensitive thing is done.
public enum Clearance: Sendable, Hashable {
  /// Nobody else had to agree.
  case notNeeded
  /// Nobody else was ever enrolled: allowed, and flagged.
  case unapproved
  /// A second person approved it.
  case approved(Approval)

  /// The members that say so in a statement or an entry.
  var members: JSONObject {
    switch self {
    case .notNeeded: [:]
    case .unapproved: ["unapproved": .bool(true)]
    case .approved(let approval): ["approval": approval.json]
    }
  }

  /// What an entry says of it: the request's hash is enough to find the rest.
  var details: JSONObject {
    switch self {
    case .notNeeded: [:]
    case .unapproved: ["unapproved": .bool(true)]
    case .approved(let approval):
      [
        "approved_by": .string(approval.by.description),
        "request": .string(Base64.encode(approval.subject.request.bytes)),
      ]
    }
  }
}

extension JSONObject {
  /// With further members; its own stay where both have one.
  func adding(_ others: JSONObject) -> JSONObject {
    var all = self
    for member in others.members where all[member.key] == nil { all[member.key] = member.value }
    return all
  }
}

extension MemberReader {
  /// Reads `unapproved` and `approval`, of which at most one may be there.
  mutating func clearance() throws(VaultError) -> Clearance {
    let isUnapproved = try flag("unapproved")
    guard let json = try optionalValue("approval") else { return isUnapproved ? .unapproved : .notNeeded }
    guard !isUnapproved else { throw Self.malformed }
    return .approved(try Approval(json))
  }
}
