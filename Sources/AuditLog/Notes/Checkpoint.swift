public import Sodium

/// The head of a log: C2SP tlog-checkpoint, exactly three lines.
///
/// Extension lines are refused: not every cosignature covers them, so they could be smuggled in.
public struct Checkpoint: Hashable, Sendable {
  /// Which log this is the head of.
  public let origin: String

  /// How many entries the log has.
  public let size: UInt64

  /// The root of the tree over them.
  public let root: Digest32

  /// A head of these parts.
  ///
  /// - Throws: `malformed` when the origin is empty or holds a line feed or another control character, `inconsistent`
  ///   when the size is 0 and the root is not that of the empty tree.
  public init(origin: String, size: UInt64, root: Digest32) throws(LogError) {
    guard !origin.isEmpty, origin.utf8.allSatisfy({ $0 >= Ascii.space }) else {
      throw LogError(.malformed, "an origin is one line of text, not empty")
    }
    guard size > 0 || root == MerkleTree.emptyRoot else {
      throw LogError(.inconsistent, "a checkpoint of size 0 must have the root of the empty tree")
    }
    self.origin = origin
    self.size = size
    self.root = root
  }

  /// The head of the log whose tree this is.
  public init(origin: String, _ range: CompactRange) throws(LogError) {
    try self.init(origin: origin, size: range.size, root: range.root)
  }

  /// Reads the text of a note.
  ///
  /// - Throws: `malformed` for anything but origin, decimal size and base64 root on three lines.
  public init(parsing text: [UInt8]) throws(LogError) {
    let lines = text.split(separator: Ascii.lineFeed, omittingEmptySubsequences: false)
    guard lines.count == 4, lines[3].isEmpty, let origin = String(validating: lines[0], as: UTF8.self),
      let size = UInt64(canonicalDecimal: lines[1]), let root = Digest32(base64: lines[2])
    else { throw LogError(.malformed, "a checkpoint is origin, size and root on three lines, and no more") }
    try self.init(origin: origin, size: size, root: root)
  }

  /// The text that is signed: three lines with their line feeds.
  public var text: [UInt8] { Array("\(origin)\n\(size)\n\(Base64.encode(root.bytes))\n".utf8) }

  /// A note with this text, to be signed.
  public func note() throws(LogError) -> SignedNote { try SignedNote(text: text) }

  /// Reads a signed checkpoint and checks it: the origin, every signature by one of `keys`, and that at least one
  /// of those is by a log's key.
  ///
  /// - Parameter keys: the log's keys, and those of users and witnesses whose signatures are to be checked as well.
  ///   The log's keys are those whose name is `logName`, by default the origin.
  /// - Throws: `malformed`, `wrongOrigin`, `badSignature`, `unsigned`.
  public static func open(
    _ note: SignedNote, origin: String, keys: [LogVerifierKey], logName: String? = nil
  ) throws(LogError) -> (checkpoint: Checkpoint, signatures: [VerifiedSignature]) {
    let checkpoint = try Checkpoint(parsing: note.text)
    guard checkpoint.origin.utf8.elementsEqual(origin.utf8) else {
      throw LogError(.wrongOrigin, "the checkpoint is of the log \(checkpoint.origin), not of \(origin)")
    }
    let signatures = try note.verify(against: keys)
    let name = logName ?? origin
    guard signatures.contains(where: { $0.key.use == .log && $0.key.name.utf8.elementsEqual(name.utf8) })
    else {
      throw LogError(.unsigned, "the log itself did not sign the checkpoint")
    }
    return (checkpoint, signatures)
  }
}
