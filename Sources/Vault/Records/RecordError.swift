/// Why a record, a chunk, a block or an identifier was refused. Never carries a value of a customer.
public struct RecordError: Error, Sendable {
  /// The kind of refusal; errors are equal when their codes are. Further codes may be added.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The stable snake-case word.
    public let description: String
    private init(_ description: String) { self.description = description }

    /// The receipt does not cover this class or this customer.
    public static let outOfScope = Code("out_of_scope")
    /// Sealed under other keys than these: another customer, class or epoch, or an erased one.
    public static let wrongKey = Code("wrong_key")
    /// The sealed bytes, or what they are bound to, were changed, moved or relabelled.
    public static let forged = Code("forged")
    /// A format or algorithm that this version does not read.
    public static let unknownFormat = Code("unknown_format")
    /// Plaintext that does not decode: truncated, duplicate, unknown or not canonical.
    public static let malformed = Code("malformed")
    /// Chunks of one customer that do not belong together.
    public static let inconsistent = Code("inconsistent")
    /// No room: a chunk, a dictionary or a record has reached its limit.
    public static let full = Code("full")
    /// A value that a record cannot hold.
    public static let unusableValue = Code("unusable_value")
    /// A mistyped pseudonym: wrong length, symbol or check symbol.
    public static let notAPseudonym = Code("not_a_pseudonym")
    /// Text that is no identifier of its kind: phone, e-mail address or account.
    public static let notAnIdentifier = Code("not_an_identifier")
    /// libphonenumber is not installed.
    public static let phoneUnavailable = Code("phone_unavailable")
  }

  /// The kind of refusal.
  public let code: Code
  /// What went wrong and why, one clause; no values.
  public let reason: String

  /// An error of this kind.
  public init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }
}

extension RecordError: Hashable {
  /// Equal by code alone.
  public static func == (left: RecordError, right: RecordError) -> Bool { left.code == right.code }

  /// Hashes the code.
  public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}

extension RecordError: CustomStringConvertible {
  /// The reason, and the code in brackets.
  public var description: String { "\(reason) (\(code))" }
}

extension VaultError {
  /// What a refused record means for the vault as a whole.
  public init(_ error: RecordError) {
    switch error.code {
    case .outOfScope: self.init(.notPermitted, error.reason)
    case .notAPseudonym, .notAnIdentifier, .unusableValue, .full: self.init(.badInput, error.reason)
    case .phoneUnavailable:
      self.init(.configuration, error.reason, hint: "install the package libphonenumber8")
    case .unknownFormat:
      self.init(.configuration, error.reason, hint: "open the vault with a newer crmvault")
    default:
      self.init(.integrity, error.reason, hint: "run `crmvault verify`, and restore a backup if it agrees")
    }
  }
}
