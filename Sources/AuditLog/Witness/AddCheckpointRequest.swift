public import Sodium

/// The body of a witness's `add-checkpoint` call (C2SP tlog-witness): the size that the witness is believed to
/// remember, a consistency proof from there, and the signed checkpoint.
public struct AddCheckpointRequest: Hashable, Sendable {
  /// The most hashes of a proof.
  public static let proofLimit = 63

  /// The largest body that is read, in bytes: a note of sixteen post-quantum signature lines fits.
  public static let byteLimit = 65_536

  /// The size that the witness is believed to remember; 0 where that is not known.
  public let oldSize: UInt64

  /// The consistency proof from there to the checkpoint.
  public let proof: [Digest32]

  /// The signed checkpoint.
  public let note: SignedNote

  /// A request of these parts.
  ///
  /// - Throws: `outOfBounds` when the proof is longer than ``proofLimit``.
  public init(oldSize: UInt64, proof: [Digest32], note: SignedNote) throws(LogError) {
    guard proof.count <= Self.proofLimit else {
      throw LogError(.outOfBounds, "a consistency proof of more than \(Self.proofLimit) hashes")
    }
    self.oldSize = oldSize
    self.proof = proof
    self.note = note
  }

  /// Reads a body.
  ///
  /// - Throws: `outOfBounds` for a body or a proof that is too long, `badSignature` where only the checkpoint's signature
  ///   lines are malformed, `malformed` for any other departure from the form.
  public init(parsing bytes: [UInt8]) throws(LogError) {
    guard bytes.count <= Self.byteLimit else {
      throw LogError(.outOfBounds, "a request of more than \(Self.byteLimit) bytes")
    }
    var rest = bytes[...]
    func line() throws(LogError) -> ArraySlice<UInt8> {
      guard let end = rest.firstIndex(of: Ascii.lineFeed) else {
        throw LogError(.malformed, "a request without an empty line before its checkpoint")
      }
      defer { rest = rest[(end + 1)...] }
      return rest[..<end]
    }
    let first = try line()
    guard first.starts(with: Self.prefix),
      let size = UInt64(canonicalDecimal: first.dropFirst(Self.prefix.count))
    else { throw LogError(.malformed, "a request does not begin with 'old SIZE'") }
    var proof: [Digest32] = []
    while true {
      let next = try line()
      if next.isEmpty { break }
      guard let hash = Digest32(base64: next) else {
        throw LogError(.malformed, "a line of the consistency proof is not 32 bytes of base64")
      }
      guard proof.count < Self.proofLimit else {
        throw LogError(.outOfBounds, "a consistency proof of more than \(Self.proofLimit) hashes")
      }
      proof.append(hash)
    }
    oldSize = size
    self.proof = proof
    note = try Self.note(Array(rest))
  }

  /// Reads the note. Where only its signature lines are malformed, there is no signature that verifies: another answer
  /// than to nonsense.
  private static func note(_ bytes: [UInt8]) throws(LogError) -> SignedNote {
    do throws(LogError) { return try SignedNote(parsing: bytes) } catch {
      let lines = bytes.split(separator: Ascii.lineFeed, maxSplits: 4, omittingEmptySubsequences: false)
      guard lines.count == 5, lines[3].isEmpty, bytes.last == Ascii.lineFeed,
        (try? Checkpoint(parsing: Array(lines[..<3].joined(separator: [Ascii.lineFeed])) + [Ascii.lineFeed]))
          != nil
      else { throw error }
      throw LogError(.badSignature, error.reason)
    }
  }

  /// The bytes of the body.
  public var encoded: [UInt8] {
    var bytes = Array("old \(oldSize)\n".utf8)
    for hash in proof {
      bytes.append(base64: hash)
      bytes.append(Ascii.lineFeed)
    }
    bytes.append(Ascii.lineFeed)
    return bytes + note.bytes
  }

  private static let prefix = Array("old ".utf8)
}
