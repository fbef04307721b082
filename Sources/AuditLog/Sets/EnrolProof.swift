public import Sodium

/// Shows which customer an ordinal is, against the root of the batch that enrolled it.
public struct EnrolProof: Hashable, Sendable {
  /// The salt of the leaf, 16 bytes.
  let salt: [UInt8]
  /// The customer.
  public let member: EnrolBatch.Member
  /// The place of the customer in the batch.
  public let index: UInt64
  /// How many customers the batch has.
  public let size: UInt64
  /// The inclusion proof, the leaf's sibling first.
  let path: [Digest32]

  init(salt: [UInt8], member: EnrolBatch.Member, index: UInt64, size: UInt64, path: [Digest32]) {
    self.salt = salt
    self.member = member
    self.index = index
    self.size = size
    self.path = path
  }

  /// Reads what `encoded` wrote.
  ///
  /// - Throws: `malformed` for another length.
  public init(decoding bytes: [UInt8]) throws(LogError) {
    guard bytes.count >= 56 else { throw LogError(.malformed, "an enrol proof of \(bytes.count) bytes") }
    salt = Array(bytes[..<16])
    let high = UInt64(bigEndian: bytes[24..<32])
    let low = UInt64(bigEndian: bytes[32..<40])
    member = EnrolBatch.Member(
      ordinal: UInt64(bigEndian: bytes[16..<24]), pseudonym: UInt128(high) << 64 | UInt128(low))
    index = UInt64(bigEndian: bytes[40..<48])
    size = UInt64(bigEndian: bytes[48..<56])
    path = try ProofPath.decode(bytes[56...])
  }

  /// The bytes of the proof: salt, ordinal u64, pseudonym, index u64, size u64, path. All big-endian.
  public var encoded: [UInt8] {
    var bytes = salt
    bytes.append(bigEndian: member.ordinal)
    bytes.append(bigEndian: member.pseudonym)
    bytes.append(bigEndian: index)
    bytes.append(bigEndian: size)
    for hash in path { bytes.append(hash) }
    return bytes
  }

  /// Checks the proof against the root and the number of customers that the enrol entry names.
  ///
  /// - Throws: `inconsistent` when the batch has another size, `outOfBounds`, `proofFailed`.
  public func verify(root: Digest32, count: UInt64) throws(LogError) {
    guard size == count else { throw LogError(.inconsistent, "the proof is of a batch of another size") }
    try MerkleTree.verifyInclusion(
      leafHash: Self.leafHash(salt: salt, member), index: index, size: size, proof: path, root: root)
  }

  static func leafHash(salt: [UInt8], _ member: EnrolBatch.Member) -> Digest32 {
    var leaf = salt
    leaf.append(bigEndian: member.ordinal)
    leaf.append(bigEndian: member.pseudonym)
    return MerkleTree.leafHash(leaf)
  }
}
