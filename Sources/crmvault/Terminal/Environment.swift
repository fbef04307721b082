import Glibc

/// The environment variables: names of places and choices, never secrets.
struct Environment: Sendable {
  private let lookUp: @Sendable (String) -> String?

  /// An environment of its own, for tests.
  init(_ values: [String: String]) {
    lookUp = { values[$0] }
  }

  private init(lookUp: @escaping @Sendable (String) -> String?) {
    self.lookUp = lookUp
  }

  /// That of this process.
  static let process = Environment { name in
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }

  /// The value of a variable; an empty one counts as absent.
  subscript(name: String) -> String? {
    guard let value = lookUp(name), !value.isEmpty else { return nil }
    return value
  }
}
