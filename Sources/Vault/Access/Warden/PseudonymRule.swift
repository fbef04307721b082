internal import AuditLog
internal import Sodium

/// The key of the check in a pseudonym. 16 bytes.
enum PseudonymCheckPurpose: KeyPurpose {
  static let byteCount = 16
}

/// The key of the mask over the ordinal in a pseudonym. 16 bytes.
enum PseudonymMaskPurpose: KeyPurpose {
  static let byteCount = 16
}

/// The key of the tags that show who was merged into whom. 16 bytes.
enum MergeTagPurpose: KeyPurpose {
  static let byteCount = 16
}

/// Which pseudonym belongs to which ordinal, and back: a synthetic initialization vector (Rogaway and Shrimpton,
/// "Deterministic Authenticated-Encryption", 2006) over 64 bits.
///
/// A pseudonym is the check of the ordinal ‖ (the ordinal XOR the mask of the check): each 8 bytes of SipHash-2-4-128,
/// of the ordinal or the check as u64, big-endian, under keys derived from the warden's matching key (BLAKE2b,
/// `crmvault/pseudonym/check/v1` and `crmvault/pseudonym/mask/v1`).
///
/// To everybody else 128 random bits. No index from pseudonyms to ordinals is needed, nor can one be tampered with.
/// The directory lies in the clear and is under the state commitment alone; by this rule a row that was exchanged with
/// another is noticed at once, before the wrong customer is shown.
public struct PseudonymRule: Sendable {
  private let checkKey: SharedKey<PseudonymCheckPurpose>
  private let maskKey: SharedKey<PseudonymMaskPurpose>
  private let mergeKey: SharedKey<MergeTagPurpose>

  init(matchingKey: borrowing Key<WardenMatchingKeyPurpose>) {
    checkKey = SharedKey(BLAKE2b.derive(from: matchingKey, Array("crmvault/pseudonym/check/v1".utf8).span))
    maskKey = SharedKey(BLAKE2b.derive(from: matchingKey, Array("crmvault/pseudonym/mask/v1".utf8).span))
    mergeKey = SharedKey(BLAKE2b.derive(from: matchingKey, Array("crmvault/merge/v1".utf8).span))
  }

  /// The pseudonym of an ordinal.
  public func pseudonym(of ordinal: UInt64) -> Pseudonym {
    let check = Self.hash(ordinal, checkKey)
    return Pseudonym(high: check, low: ordinal ^ Self.hash(check, maskKey))
  }

  /// The ordinal of a pseudonym, or nil for one that was never given.
  public func ordinal(of pseudonym: Pseudonym) -> UInt64? {
    let ordinal = pseudonym.low ^ Self.hash(pseudonym.high, maskKey)
    return Self.hash(ordinal, checkKey) == pseudonym.high ? ordinal : nil
  }

  private static func hash<Purpose: KeyPurpose>(_ number: UInt64, _ key: SharedKey<Purpose>) -> UInt64 {
    var input = number.bigEndian
    return unsafe key.key.withUnsafePointer { key in
      unsafe withUnsafeBytes(of: &input) { bytes in
        unsafe SipHash.hash128(
          key: key, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, count: bytes.count
        ).0
      }
    }
  }

  /// Refuses a directory row whose pseudonym is not its ordinal's.
  ///
  /// - Throws: ``VaultError`` `.integrity`.
  func check(_ entry: DirectoryEntry) throws(VaultError) {
    guard entry.pseudonym == pseudonym(of: entry.ordinal) else {
      throw VaultError(
        .integrity, "the directory gives a customer another customer's id",
        hint: "crmvault verify tells more; keep a copy as evidence")
    }
  }

  /// What shows that this program merged one customer into another, and not somebody who owns the storage: 16 bytes
  /// of SipHash-2-4-128 of both ordinals and the index of the entry that tells of it.
  func mergeTag(from source: UInt64, into target: UInt64, seq: UInt64) -> [UInt8] {
    var input: [UInt8] = []
    for number in [source, target, seq] { input.appendBigEndian(number) }
    let hash = unsafe mergeKey.key.withUnsafePointer { key in
      unsafe input.withUnsafeBufferPointer {
        unsafe SipHash.hash128(key: key, $0.baseAddress, count: $0.count)
      }
    }
    var tag: [UInt8] = []
    tag.appendBigEndian(hash.0)
    tag.appendBigEndian(hash.1)
    return tag
  }
}
