public import Sodium

/// The customers that one entry enrols: a root that commits to which ordinal is which pseudonym.
///
/// Leaf i is salt (16 bytes) ‖ ordinal u64 big-endian ‖ pseudonym (16 bytes); the salt is BLAKE2b-128 of i under the
/// batch's own secret. With a chunk proof it shows that *this bit* is *this customer*.
public struct EnrolBatch: Sendable {
  /// The action of the entries that enrol a batch; their details hold its `root`.
  public static let action = "subject.enrol"

  /// One customer.
  public struct Member: Hashable, Sendable {
    /// The ordinal.
    public let ordinal: UInt64
    /// The 16 bytes of the pseudonym, as a big-endian number.
    public let pseudonym: UInt128

    /// A customer of this ordinal and pseudonym.
    public init(ordinal: UInt64, pseudonym: UInt128) {
      self.ordinal = ordinal
      self.pseudonym = pseudonym
    }
  }

  /// The customers, by ascending ordinal.
  public let members: [Member]

  /// The secret that the salts come from.
  public let secret: SharedKey<SaltPurpose>

  /// The root over the salted members.
  public let root: Digest32

  private let leafHashes: [Digest32]

  /// Commits to these customers under a secret, by default a new one.
  ///
  /// - Throws: `malformed` unless the ordinals ascend.
  public init(
    _ members: [Member], secret: SharedKey<SaltPurpose> = SharedKey(.random())
  ) throws(LogError) {
    guard zip(members, members.dropFirst()).allSatisfy({ $0.ordinal < $1.ordinal }) else {
      throw LogError(.malformed, "the ordinals of a batch do not ascend")
    }
    self.members = members
    self.secret = secret
    leafHashes = members.indices.map { index in
      var leaf: [UInt8] = []
      SaltedLeaf.appendSalt(UInt64(index), secret.key, to: &leaf)
      return EnrolProof.leafHash(salt: leaf, members[index])
    }
    root = MerkleTree.root(of: leafHashes)
  }

  /// The proof that an ordinal of this batch is its customer.
  ///
  /// - Throws: `outOfBounds` when the batch does not hold the ordinal.
  public func proof(of ordinal: UInt64) throws(LogError) -> EnrolProof {
    var low = 0
    var high = members.count
    while low < high {
      let middle = (low + high) / 2
      if members[middle].ordinal < ordinal { low = middle + 1 } else { high = middle }
    }
    guard low < members.count, members[low].ordinal == ordinal else {
      throw LogError(.outOfBounds, "the batch does not hold the ordinal")
    }
    var salt: [UInt8] = []
    SaltedLeaf.appendSalt(UInt64(low), secret.key, to: &salt)
    return EnrolProof(
      salt: salt, member: members[low], index: UInt64(low), size: UInt64(members.count),
      path: try MerkleTree.inclusionProof(index: UInt64(low), leafHashes: leafHashes))
  }
}
