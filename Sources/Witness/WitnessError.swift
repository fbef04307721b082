/// What a witness, or the talk with one, could not do. Errors are equal when their codes are.
public struct WitnessError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure. Callers switch over the static members and must expect others.
  public struct Code: Hashable, Sendable {
    /// The stable snake-case word.
    public let name: String

    init(_ name: String) { self.name = name }

    /// An address, a name or a file is not what it should be.
    public static let usage = Self("usage")
    /// There is no such file or folder.
    public static let missing = Self("not_found")
    /// It is there already.
    public static let exists = Self("exists")
    /// Another process has the folder.
    public static let busy = Self("busy")
    /// What is remembered was damaged or changed.
    public static let integrity = Self("integrity")
    /// A file cannot be used as it is.
    public static let configuration = Self("configuration")
    /// Reading or writing failed.
    public static let io = Self("io")
    /// The disk is full.
    public static let full = Self("full")
    /// The other side cannot be reached, or does not answer in time or in form.
    public static let unreachable = Self("unreachable")
  }

  /// The kind of failure.
  public let code: Code
  /// What, and why, in one line.
  public let reason: String

  /// An error of this kind.
  public init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  /// Code and reason.
  public var description: String { "\(code.name): \(reason)" }

  /// Whether two errors have the same code.
  public static func == (left: WitnessError, right: WitnessError) -> Bool { left.code == right.code }
}
