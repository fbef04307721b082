/// What went wrong while a log, a note, a proof or a set was read, written or verified.
///
/// Two errors are equal when their codes are; the reason is for people. A reason never holds a value of a
/// customer: it names positions, sizes, key names and field names only.
public struct LogError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of failure. Callers switch over the static members and must expect others.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    /// The name of the code, stable across versions.
    public let name: String

    /// Makes a code of this name.
    public init(_ name: String) { self.name = name }

    /// The name.
    public var description: String { name }
  }

  /// The kind of failure.
  public let code: Code

  /// What, and why, in one line.
  public let reason: String

  /// Makes an error of this kind.
  public init(_ code: Code, _ reason: String) {
    self.code = code
    self.reason = reason
  }

  /// Code and reason.
  public var description: String { "\(code.name): \(reason)" }

  /// Whether two errors have the same code.
  public static func == (lhs: LogError, rhs: LogError) -> Bool { lhs.code == rhs.code }
}

extension LogError.Code {
  /// The bytes are not in the form that the format prescribes.
  public static let malformed = Self("malformed")
  /// The bytes hold the right value in another than the one permitted form.
  public static let notCanonical = Self("not-canonical")
  /// A field that this version of the format does not know.
  public static let unknownField = Self("unknown-field")
  /// A version of the format that this code does not know.
  public static let unknownVersion = Self("unknown-version")
  /// An index, a size or a length beyond what is allowed.
  public static let outOfBounds = Self("out-of-bounds")
  /// A proof that does not lead to the root.
  public static let proofFailed = Self("proof-failed")
  /// A signature by a known key that does not verify.
  public static let badSignature = Self("bad-signature")
  /// No signature by a known key.
  public static let unsigned = Self("unsigned")
  /// A key that is not the one that was named.
  public static let wrongKey = Self("wrong-key")
  /// A checkpoint of another log.
  public static let wrongOrigin = Self("wrong-origin")
  /// Two things that must agree and do not: what was published is not a prefix of the log, a tile is not what
  /// its entries hash to, a root is another.
  public static let inconsistent = Self("inconsistent")
  /// A file or a folder that could not be read or written.
  public static let inputOutput = Self("input-output")
}
