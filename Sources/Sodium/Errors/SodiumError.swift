/// Why this module refused something: a code to act on and a reason to read.
///
/// Two errors are equal when their codes are. A reason never contains a key, a plaintext or any other
/// value that was passed in.
public struct SodiumError: Error, Equatable, Sendable {
  /// What went wrong, for a program to branch on. Further codes may be added: a `switch` needs a `default`.
  public let code: Code

  /// What went wrong, for a person: one clause, without a full stop and without a value.
  public let reason: String

  /// Creates an error from its code and its reason.
  public init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  /// Compares the codes alone.
  public static func == (lhs: SodiumError, rhs: SodiumError) -> Bool { lhs.code == rhs.code }
}

extension SodiumError {
  /// A kind of refusal. Extensible: new kinds do not break an exhaustive `switch`, since there is none.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The name of the code, as in this file.
    public let description: String

    private init(_ description: String) { self.description = description }

    /// A tag or a signature does not fit: the bytes, or what they are bound to, were changed.
    public static let forged = Code("forged")
    /// The key commitment does not fit: it was sealed under other keys than these.
    public static let wrongKey = Code("wrongKey")
    /// A key, nonce, salt or digest has another length than its algorithm wants.
    public static let wrongLength = Code("wrongLength")
    /// The bytes end before the smallest valid form of what they should be.
    public static let truncated = Code("truncated")
    /// The format or algorithm byte names nothing that this version can read.
    public static let unknownFormat = Code("unknownFormat")
    /// A cost parameter lies outside what is accepted; nothing was computed with it.
    public static let outOfBounds = Code("outOfBounds")
    /// The system refused the memory that was asked for.
    public static let outOfMemory = Code("outOfMemory")
    /// Text or padding that decodes to nothing, or is not the one canonical form of what it decodes to.
    public static let malformed = Code("malformed")
    /// A public key with which no secret can be shared: a point of low order.
    public static let unusableKey = Code("unusableKey")
    /// The installed libsodium cannot do what was asked.
    public static let unsupported = Code("unsupported")
  }
}

extension SodiumError: CustomStringConvertible {
  /// The reason, and the code in brackets.
  public var description: String { "\(reason) (\(code))" }
}
