/// Something that a verification found.
public struct Problem: Hashable, Sendable, CustomStringConvertible {
  /// What kind of thing. Callers switch over the static members and must expect others.
  public struct Code: Hashable, Sendable {
    /// The name of the code, stable across versions.
    public let name: String

    /// Makes a code of this name.
    public init(_ name: String) { self.name = name }
  }

  /// The entry it is about; the size of the tree for a checkpoint; nil for the log as a whole.
  public let seq: UInt64?

  /// What kind of thing.
  public let code: Code

  /// What, and why, in one line, without a value from an entry.
  public let text: String

  /// Makes a problem.
  public init(seq: UInt64?, code: Code, text: String) {
    self.seq = seq
    self.code = code
    self.text = text
  }

  /// Entry and text.
  public var description: String { seq.map { "\($0): \(text)" } ?? text }
}

extension Problem.Code {
  /// An entry whose number is not the next one.
  public static let gap = Self("gap")
  /// An envelope that is malformed, not canonical, or has an impossible time.
  public static let envelope = Self("envelope")
  /// The state changed without a change.
  public static let state = Self("state")
  /// The chain of statements is broken.
  public static let governance = Self("governance")
  /// The ciphertexts are not those that the envelope names.
  public static let sealed = Self("sealed")
  /// A checkpoint that is malformed, of another log, or of another size or root.
  public static let checkpoint = Self("checkpoint")
  /// A checkpoint that the log's key did not sign.
  public static let logSignature = Self("log-signature")
  /// A checkpoint that no known user signed.
  public static let userSignature = Self("user-signature")
  /// Entries that no checkpoint covers.
  public static let uncovered = Self("uncovered")
  /// The log is not a continuation of a checkpoint that is remembered.
  public static let rollback = Self("rollback")
  /// A statement that the log goes on from a backup, which does not fit the log.
  public static let restore = Self("restore")
}
