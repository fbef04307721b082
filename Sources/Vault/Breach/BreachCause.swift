/// Whose or which key is in the wrong hands.
public enum BreachCause: Sendable, Hashable {
  /// A user's identity: passphrase, key file, machine.
  case user(String)
  /// A role's key.
  case role(Role)
  /// The class keys of an epoch; of one class, or of all.
  case key(epoch: UInt32, DataClass?)

  /// The cause as reports and the log name it; never a secret.
  public var description: String {
    switch self {
    case .user(let name): "user \(name)"
    case .role(let role): "role \(role.name)"
    case .key(let epoch, nil): "keys of epoch \(epoch)"
    case .key(let epoch, let dataClass?): "key of \(dataClass.name), epoch \(epoch)"
    }
  }

  /// Whether an entry tells of something that the wrong hands may have done. Of a key that leaked nothing is in the log:
  /// then every access to its classes is told, to be compared with.
  func concerns(actor: String, role: String, classes: [String]) -> Bool {
    switch self {
    case .user(let name): actor == name
    case .role(let wanted): role == wanted.name
    case .key(_, nil): true
    case .key(_, let dataClass?): classes.contains(dataClass.name)
    }
  }
}
