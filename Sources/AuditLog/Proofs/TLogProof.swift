public import Sodium

/// A proof that one entry is in a log, whole in one text, to be checked offline: C2SP tlog-proof@v1.
public struct TLogProof: Hashable, Sendable {
  /// The index of the entry.
  public let index: UInt64
  /// Bytes that travel along and are not authenticated, where there are any.
  public let extra: [UInt8]?
  /// The inclusion proof, the leaf's sibling first.
  public let hashes: [Digest32]
  /// The signed checkpoint that the proof leads to.
  public let checkpoint: SignedNote

  /// The longest proof of a tree of 64-bit size.
  public static let hashLimit = 63

  /// A proof of these parts.
  public init(index: UInt64, extra: [UInt8]? = nil, hashes: [Digest32], checkpoint: SignedNote) {
    self.index = index
    self.extra = extra
    self.hashes = hashes
    self.checkpoint = checkpoint
  }

  private static let header = "c2sp.org/tlog-proof@v1"

  /// The text of the proof.
  public var encoded: [UInt8] {
    var text = Self.header + "\n"
    if let extra { text += "extra \(Base64.encode(extra))\n" }
    text += "index \(index)\n"
    for hash in hashes { text += Base64.encode(hash.bytes) + "\n" }
    return Array(text.utf8) + [Ascii.lineFeed] + checkpoint.bytes
  }

  /// Reads the text of a proof.
  ///
  /// - Throws: `malformed`.
  public init(parsing bytes: [UInt8]) throws(LogError) {
    var rest = bytes[...]
    guard Self.line(&rest).elementsEqual(Self.header.utf8) else {
      throw LogError(.malformed, "a proof begins with \(Self.header)")
    }
    var line = Self.line(&rest)
    var extra: [UInt8]?
    if let text = Self.value(of: "extra ", in: line) {
      extra = StrictBase64.decode(Array(text).span)
      guard extra != nil else { throw LogError(.malformed, "the extra data of a proof is not base64") }
      line = Self.line(&rest)
    }
    guard let text = Self.value(of: "index ", in: line), let index = UInt64(canonicalDecimal: text) else {
      throw LogError(.malformed, "a proof has no index")
    }
    var hashes: [Digest32] = []
    line = Self.line(&rest)
    while !line.isEmpty {
      guard let hash = Digest32(base64: line), hashes.count < Self.hashLimit else {
        throw LogError(.malformed, "a proof holds at most \(Self.hashLimit) hashes of 32 bytes in base64")
      }
      hashes.append(hash)
      line = Self.line(&rest)
    }
    let checkpoint = try SignedNote(parsing: Array(rest))
    self.init(index: index, extra: extra, hashes: hashes, checkpoint: checkpoint)
  }

  /// Checks that the entry is in the log, and returns the checkpoint under which it is.
  ///
  /// - Parameters:
  ///   - entry: the bytes of the entry.
  ///   - origin: the log that it must be in.
  ///   - keys: the log's keys, and those of users and witnesses that are to be checked too.
  ///   - logName: the name of the log's keys, by default the origin.
  /// - Throws: what `Checkpoint.open` and `MerkleTree.verifyInclusion` throw.
  @discardableResult
  public func verify(
    entry: [UInt8], origin: String, keys: [LogVerifierKey], logName: String? = nil
  ) throws(LogError) -> Checkpoint {
    let head = try Checkpoint.open(checkpoint, origin: origin, keys: keys, logName: logName).checkpoint
    try MerkleTree.verifyInclusion(
      leafHash: MerkleTree.leafHash(entry), index: index, size: head.size, proof: hashes, root: head.root)
    return head
  }

  /// Takes a line off the text; what is left where no line feed follows.
  private static func line(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let end = rest.firstIndex(of: Ascii.lineFeed) ?? rest.endIndex
    let line = rest[..<end]
    rest = rest[end...].dropFirst()
    return line
  }

  private static func value(of key: String, in line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    line.starts(with: key.utf8) ? line.dropFirst(key.utf8.count) : nil
  }
}
