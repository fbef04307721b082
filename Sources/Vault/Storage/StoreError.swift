/// What a store could not do. Never carries a value of a row.
public struct StoreError: Error, Hashable, Sendable {
  /// The kind of failure; errors are equal when their codes are.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The stable word.
    public let description: String
    init(_ description: String) { self.description = description }

    /// No vault at this place.
    public static let notFound = Code("not_found")
    /// There is something already where a new vault was to be made, or a row with this key exists.
    public static let exists = Code("exists")
    /// The row to change is not there.
    public static let missing = Code("missing")
    /// Somebody else holds the lock.
    public static let busy = Code("busy")
    /// No space left on the device.
    public static let full = Code("full")
    /// Reading or writing failed.
    public static let io = Code("io")
    /// The file is not what it should be.
    public static let corrupt = Code("corrupt")
    /// Written by a newer program.
    public static let newerFormat = Code("newer_format")
    /// A setting is not in force, or the file may not be used like this.
    public static let configuration = Code("configuration")
  }

  /// The kind of failure.
  public let code: Code
  /// What happened, for people; no values.
  public let reason: String

  /// An error of this kind.
  public init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  /// Equal by code alone.
  public static func == (left: StoreError, right: StoreError) -> Bool { left.code == right.code }

  /// Hashes the code.
  public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
