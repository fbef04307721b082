/// What a warden refused or could not do. Never carries key bytes or a value of a customer.
public struct WardenError: Error, Hashable, Sendable {
  /// The kind of failure; errors are equal when their codes are.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The stable snake-case word.
    public let description: String
    init(_ description: String) { self.description = description }

    /// There is no warden's file here; only `init` makes one.
    public static let missing = Code("missing")
    /// There is something already where a new file was to be made.
    public static let exists = Code("exists")
    /// A check fails, or the file belongs to another vault.
    public static let integrity = Code("integrity")
    /// The receipt does not name this class, customer or search.
    public static let notPermitted = Code("not_permitted")
    /// The customer's key of this class was erased, for good.
    public static let erased = Code("erased")
    /// No space left on the device.
    public static let full = Code("full")
    /// Reading or writing failed.
    public static let io = Code("io")
    /// Another process holds the file's lock.
    public static let busy = Code("busy")
    /// The file may not be used as it is: kind, access rights, version, epoch.
    public static let configuration = Code("configuration")
  }

  /// The kind of failure.
  public let code: Code
  /// What happened and why, one line, for people.
  public let reason: String

  /// An error of this kind.
  public init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  /// Equal by code alone.
  public static func == (left: WardenError, right: WardenError) -> Bool { left.code == right.code }

  /// Hashes the code.
  public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}

extension WardenError {
  /// The warden's view of a failed call to the system.
  init(_ failure: SystemFailure) {
    let code: Code =
      switch failure.kind {
      case .full: .full
      case .busy: .busy
      case .missing: .missing
      case .exists: .exists
      case .denied, .notAFile: .configuration
      case .other: .io
      }
    self.init(code, "the warden's file: \(failure)")
  }
}
