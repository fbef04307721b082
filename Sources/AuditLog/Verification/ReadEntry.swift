public import Sodium

/// What can be said of an entry by its bytes alone, whatever stands before it: the costly part of a verification,
/// which needs no order. `LogVerifier.consume(seq:_:)` does the rest.
public struct ReadEntry: Sendable {
  /// The hash of the leaf.
  public let leafHash: Digest32
  /// The envelope, or why the bytes are none.
  public let envelope: Result<Envelope, LogError>
  /// SHA-256 of the statement's canonical bytes, where the envelope carries one.
  let statement: Digest32?
  /// Whether the sealed parts are those that the envelope names; nil where they are not at hand.
  let hasItsParts: Bool?

  /// Reads the bytes of an entry.
  ///
  /// - Parameter sealed: the hashes of what is sealed beside it; nil where that is not at hand, as in a published
  ///   folder.
  public init(_ bytes: Span<UInt8>, sealed: SealedParts? = nil) {
    leafHash = MerkleTree.leafHash(bytes)
    do throws(LogError) {
      let read = try Envelope(decoding: bytes)
      envelope = .success(read)
      hasItsParts = sealed.map { $0.hash == read.sealed }
      statement = read.statement.flatMap { try? CanonicalJSON.encode($0) }.map { SHA256.hash($0) }
    } catch {
      envelope = .failure(error)
      hasItsParts = nil
      statement = nil
    }
  }
}
