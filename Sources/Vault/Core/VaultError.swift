/// What the vault refused or could not do. Never carries a value of a customer.
public struct VaultError: Error, Hashable, Sendable {
  /// The kind of failure; errors are equal when their codes are.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The stable snake-case word that `--json` shows.
    public let description: String
    init(_ description: String) { self.description = description }

    /// Tampered with, rolled back, or does not verify.
    public static let integrity = Code("integrity")
    /// Role, purpose, consent or approval forbids it.
    public static let notPermitted = Code("not_permitted")
    /// The passphrase does not open the identity.
    public static let wrongPassphrase = Code("wrong_passphrase")
    /// A second person must approve first.
    public static let approvalRequired = Code("approval_required")
    /// The law wants kept what was to be erased.
    public static let legalHold = Code("legal_hold")
    /// An identifier is that of somebody who was erased.
    public static let suppressed = Code("suppressed")
    /// No such vault, file, customer, user or entry.
    public static let notFound = Code("not_found")
    /// It is there already.
    public static let exists = Code("exists")
    /// The input is not what it should be.
    public static let badInput = Code("bad_input")
    /// The call does not make sense.
    public static let usage = Code("usage")
    /// A key file, policy, warden or setting is not usable as it is.
    public static let configuration = Code("configuration")
    /// Reading or writing a file failed.
    public static let io = Code("io")
    /// The disk is full.
    public static let full = Code("full")
    /// The rows of a group of an import do not fit into memory; the import splits it.
    static let importGroupFull = Code("too_large")
    /// Somebody else, over the network, does not answer.
    public static let unavailable = Code("unavailable")
    /// The policy asks for cosignatures that are not there.
    public static let notCosigned = Code("not_cosigned")
    /// Somebody else holds the lock.
    public static let busy = Code("busy")
  }

  /// The kind of failure.
  public let code: Code
  /// What went wrong and why, one line; no values.
  public let reason: String
  /// What to do next, or nil.
  public let hint: String?
  /// The number of the request that would permit it, for `approval_required`; else nil.
  public let request: Int64?

  /// An error of this kind.
  public init(_ code: Code, _ reason: String, hint: String? = nil, request: Int64? = nil) {
    self.code = code
    self.reason = reason
    self.hint = hint
    self.request = request
  }

  /// Equal by code alone.
  public static func == (left: VaultError, right: VaultError) -> Bool { left.code == right.code }

  /// Hashes the code.
  public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}
