/// Which of the vault's shared keys: what a grant row, a commitment and a statement name.
public enum KeyKind: Sendable, Hashable {
  /// A role's X25519 key pair; its private half is sealed to each member.
  case role(Role)
  /// The 32-byte key of a data class.
  case dataClass(DataClass)
  /// The root of the blind index's field keys.
  case index
  /// The root of order digests and matching tags; never rotated.
  case matching
  /// The X25519 pair to which the sessions of the log are sealed.
  case audit
  /// The Ed25519 key that signs checkpoints.
  case log

  /// The kind's code in grants and in the grant table.
  public var code: UInt8 {
    switch self {
    case .role: 1
    case .dataClass: 2
    case .index: 3
    case .matching: 4
    case .audit: 5
    case .log: 6
    }
  }

  /// Which one of its kind: a role's or class's code, else 0.
  public var subject: UInt8 {
    switch self {
    case .role(let role): role.rawValue
    case .dataClass(let dataClass): dataClass.rawValue
    default: 0
    }
  }

  /// The name in statements: `role.steward`, `class.identity`, `index`, …
  public var name: String {
    switch self {
    case .role(let role): "role.\(role.name)"
    case .dataClass(let dataClass): "class.\(dataClass.name)"
    case .index: "index"
    case .matching: "matching"
    case .audit: "audit"
    case .log: "log"
    }
  }

  /// Every shared key of a vault but the roles' own.
  public static var shared: [KeyKind] {
    DataClass.allCases.map { .dataClass($0) } + [.index, .matching, .audit, .log]
  }
}
