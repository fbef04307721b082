internal import Sodium

/// The key under which pseudonyms are made from ordinals. 16 bytes.
enum PseudonymKeyPurpose: KeyPurpose {
  static let byteCount = 16
}

/// Which pseudonym belongs to which ordinal: SipHash-2-4-128 of the ordinal (u64, big-endian) under a key derived
/// from the warden's matching key (BLAKE2b, `crmvault/pseudonym/v1`).
///
/// To everybody else 128 random bits. The directory lies in the clear and is under the state commitment alone; by
/// this rule a row that was exchanged with another is noticed at once, before the wrong customer is shown.
public struct PseudonymRule: Sendable {
  private let key: SharedKey<PseudonymKeyPurpose>

  init(matchingKey: borrowing Key<WardenMatchingKeyPurpose>) {
    key = SharedKey(BLAKE2b.derive(from: matchingKey, Array("crmvault/pseudonym/v1".utf8).span))
  }

  /// The pseudonym of an ordinal.
  public func pseudonym(of ordinal: UInt64) -> Pseudonym {
    var input = ordinal.bigEndian
    let words = unsafe key.key.withUnsafePointer { key in
      unsafe withUnsafeBytes(of: &input) { bytes in
        unsafe SipHash.hash128(
          key: key, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, count: bytes.count)
      }
    }
    return Pseudonym(high: words.0, low: words.1)
  }

  /// Refuses a directory row whose pseudonym is not its ordinal's, or that tells of an erasure or a merge: there is
  /// no statement yet that could order one.
  ///
  /// - Throws: ``VaultError`` `.integrity`.
  ///
  /// - Parameter asked: the pseudonym that was asked for, or nil; another one means that a merge was followed.
  func check(_ entry: DirectoryEntry, asked: Pseudonym? = nil) throws(VaultError) {
    guard asked == nil || asked == entry.pseudonym else {
      throw VaultError(
        .integrity, "the directory says that a customer was merged, and no statement orders it",
        hint: "crmvault verify tells more; keep a copy as evidence")
    }
    guard entry.pseudonym == pseudonym(of: entry.ordinal) else {
      throw VaultError(
        .integrity, "the directory gives a customer another customer's id",
        hint: "crmvault verify tells more; keep a copy as evidence")
    }
    guard entry.state == .live else {
      throw VaultError(
        .integrity, "the directory calls a customer \(entry.state.name), and no statement orders it",
        hint: "crmvault verify tells more; keep a copy as evidence")
    }
  }
}
