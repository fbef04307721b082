public import Sodium

/// The public half of an audit entry: the leaf of the tree.
///
/// It says when, and that something happened, and binds what and who by their hashes; it tells nothing else. Its
/// bytes are canonical JSON (RFC 8785), one object, without a line feed.
public struct Envelope: Hashable, Sendable {
  /// What sort of entry this is: all the detail that is public.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Somebody saw data, or was refused.
    case access
    /// Data of the vault was changed.
    case change
    /// Something about the log itself: it was read, reviewed, published.
    case log
    /// A signed statement about members, roles, policy or keys.
    case governance
    /// A signed statement that erases customers.
    case erasure

    /// Whether the state commitment may differ from the one before.
    public var mayChangeState: Bool { self == .change || carriesStatement }

    /// Whether the envelope carries a statement in the clear.
    public var carriesStatement: Bool { self == .governance || self == .erasure }
  }

  /// The version of the format.
  public static let version = 1

  /// The longest an envelope may be: what an entry bundle's 16-bit length can say.
  public static let byteLimit = 65_535

  /// The index in the tree. It is said as well, so that gaps show even in an export to a table.
  public var seq: UInt64
  /// When the entry was written.
  public var time: LogTime
  /// The sort of entry.
  public var kind: Kind
  /// The commitment of the store's state after this commit.
  public var state: Digest32
  /// SHA-256 of the latest statement, this entry's own included; zeros before the first.
  public var governance: Digest32
  /// SHA-256 of the plain bytes of *what*.
  public var what: Digest32
  /// SHA-256 of the plain bytes of *who*.
  public var who: Digest32
  /// The hash of the sealed parts: see `SealedParts`.
  public var sealed: Digest32
  /// The statement, for the kinds that carry one.
  public var statement: JSONValue?

  /// An envelope of these fields.
  public init(
    seq: UInt64, time: LogTime, kind: Kind, state: Digest32, governance: Digest32, what: Digest32,
    who: Digest32,
    sealed: Digest32, statement: JSONValue? = nil
  ) {
    self.seq = seq
    self.time = time
    self.kind = kind
    self.state = state
    self.governance = governance
    self.what = what
    self.who = who
    self.sealed = sealed
    self.statement = statement
  }

  /// The bytes of the entry.
  ///
  /// - Throws: `outOfBounds` when the statement makes it longer than `byteLimit`, or is not canonical JSON's to write.
  public func encoded() throws(LogError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512)
    bytes.append(text: EnvelopeForm.governance)
    append(governance, to: &bytes)
    bytes.append(text: EnvelopeForm.kind)
    bytes.append(text: kind.rawValue)
    bytes.append(text: EnvelopeForm.sealed)
    append(sealed, to: &bytes)
    bytes.append(text: EnvelopeForm.seq)
    bytes.append(text: String(seq))
    bytes.append(text: EnvelopeForm.state)
    append(state, to: &bytes)
    if let statement {
      bytes.append(text: EnvelopeForm.statement)
      try CanonicalJSON.append(statement, depth: 1, to: &bytes)
      bytes.append(text: EnvelopeForm.timeAfterStatement)
    } else {
      bytes.append(text: EnvelopeForm.time)
    }
    time.append(to: &bytes)
    bytes.append(text: EnvelopeForm.versionAndWhat)
    append(what, to: &bytes)
    bytes.append(text: EnvelopeForm.who)
    append(who, to: &bytes)
    bytes.append(text: EnvelopeForm.end)
    guard bytes.count <= Self.byteLimit else {
      throw LogError(.outOfBounds, "an envelope of \(bytes.count) bytes, of at most \(Self.byteLimit)")
    }
    return bytes
  }

  private func append(_ digest: Digest32, to bytes: inout [UInt8]) { bytes.append(base64: digest) }
}

/// The fixed text between the values of an envelope. Canonical JSON sorts its keys and has no white space, so that
/// two envelopes differ in their values only; reader and writer share this one form.
enum EnvelopeForm {
  static let governance = #"{"governance":""#
  static let kind = #"","kind":""#
  static let sealed = #"","sealed":""#
  static let seq = #"","seq":""#
  static let state = #"","state":""#
  static let statement = #"","statement":"#
  static let time = #"","t":""#
  static let timeAfterStatement = #","t":""#
  static let versionAndWhat = #"","v":1,"what":""#
  static let who = #"","who":""#
  static let end = #""}"#
}
