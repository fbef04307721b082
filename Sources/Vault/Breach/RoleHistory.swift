internal import AuditLog

/// Who held which role when, from the statements of the log in their order.
struct RoleHistory {
  private struct Holder: Hashable {
    let user: KeyID
    let role: Role
  }

  private var held: [Holder: LogTime] = [:]
  private var past: [(user: KeyID, role: Role, from: LogTime, until: LogTime)] = []

  /// Takes in the next statement.
  mutating func take(_ statement: Statement) {
    switch statement.content {
    case .genesis(let genesis):
      for (role, users) in genesis.members {
        for user in users { held[Holder(user: user, role: role)] = statement.time }
      }
    case .confirmRole(_, let user, let role, _): held[Holder(user: user, role: role)] = statement.time
    case .revokeRole(let user, let role, _): end(Holder(user: user, role: role), at: statement.time)
    case .removeUser(let user, _):
      for role in Role.allCases { end(Holder(user: user, role: role), at: statement.time) }
    default: break
    }
  }

  private mutating func end(_ holder: Holder, at time: LogTime) {
    guard let from = held.removeValue(forKey: holder) else { return }
    past.append((holder.user, holder.role, from, time))
  }

  /// Every role that was held at some time of the period, by whoever `matches`.
  func holdings(
    since: LogTime, until: LogTime?, names: [KeyID: String], where matches: (KeyID, Role) -> Bool
  ) -> [BreachReport.Holding] {
    let all =
      past.map { ($0.user, $0.role, $0.from, Optional($0.until)) }
      + held.map { ($0.key.user, $0.key.role, $0.value, nil) }
    return all.filter { user, role, from, end in
      matches(user, role) && from <= until ?? from && since <= end ?? since
    }.map { user, role, from, end in
      BreachReport.Holding(user: names[user] ?? user.description, role: role, from: from, until: end)
    }.sorted { ($0.user, $0.role, $0.from) < ($1.user, $1.role, $1.from) }
  }
}
