internal import AuditLog
internal import Sodium

/// The key of one pseudonymized release: pseudonyms are made with it, and without it nobody can go back.
enum ReleaseKeyPurpose: KeyPurpose {}

/// A share of a release key, and the id of the release that it is of.
enum ReleaseSharePurpose: KeyPurpose {
  static var byteCount: Int { 48 }
}

/// The pseudonyms of one release. Two releases have nothing in common by which they could be joined.
public final class ReleasePseudonyms: Sendable {
  private let key: SharedKey<ReleaseKeyPurpose>
  private let ordinals: [UInt64]

  init(key: SharedKey<ReleaseKeyPurpose>, ordinals: [UInt64]) {
    self.key = key
    self.ordinals = ordinals
  }

  /// The pseudonym of the customer of a row, `P-…`.
  public func pseudonym(ofRow row: Int) -> String { Self.pseudonym(of: ordinals[row], key) }

  /// BLAKE2b-256 of the ordinal under the release key, of which 16 bytes are shown as an id with `P-` before it.
  static func pseudonym(of ordinal: UInt64, _ key: SharedKey<ReleaseKeyPurpose>) -> String {
    var message: [UInt8] = []
    message.appendBigEndian(ordinal)
    let digest = BLAKE2b.keyed256(key: key.key, message).bytes.prefix(16)
    return "P-" + (Pseudonym(digest)?.description.dropFirst(2) ?? "")
  }

  /// The form in which a pseudonym that somebody typed is compared; nil for none.
  static func normalized(_ text: some StringProtocol) -> String? {
    guard let first = text.utf8.first, first | 0x20 == UInt8(ascii: "p") else { return nil }
    return Pseudonym("C" + text.dropFirst()).map { "P-" + $0.description.dropFirst(2) }
  }
}

/// Splits release keys in two, so that only two people together can go back.
enum ReleaseShares {
  /// The kind of a share in a sealed grant, beside those of ``KeyKind``.
  static let grantKind: UInt8 = 66
  /// The roles that hold one share each.
  static let holders: (officer: Role, custodian: Role) = (.privacyOfficer, .custodian)

  /// Splits a key by exclusive or, and seals a share to each role.
  static func seal(
    _ key: SharedKey<ReleaseKeyPurpose>, of release: ReleaseID, _ governance: Governance
  ) throws(VaultError) -> (officer: [UInt8], custodian: [UInt8]) {
    let mask = Key<ReleaseKeyPurpose>.random()
    let first = share(mask, of: release)
    let other = mask.withBytes { mask in
      key.key.withBytes { key in
        Key<ReleaseKeyPurpose>.filling { out in
          for index in key.indices { out[index] = key[index] ^ mask[index] }
        }
      }
    }
    let second = share(other, of: release)
    return (
      try seal(first, to: holders.officer, governance), try seal(second, to: holders.custodian, governance)
    )
  }

  private static func share(
    _ part: borrowing Key<ReleaseKeyPurpose>, of release: ReleaseID
  ) -> Key<ReleaseSharePurpose> {
    let id = release.bytes
    return part.withBytes { part in
      Key<ReleaseSharePurpose>.filling { out in
        for index in 0..<32 { out[index] = part[index] }
        for index in 0..<16 { out[32 + index] = id[index] }
      }
    }
  }

  private static func seal(
    _ share: borrowing Key<ReleaseSharePurpose>, to role: Role, _ governance: Governance
  ) throws(VaultError) -> [UInt8] {
    guard let publicKey = governance.roleKey(role) else {
      throw VaultError(.integrity, "the role \(role.name) has no key")
    }
    return try share.withBytes { bytes throws(VaultError) in
      try SealedGrant.seal(
        bytes, kind: grantKind, subject: role.rawValue, epoch: KeyChain.epoch, vault: governance.vaultID,
        to: publicKey)
    }
  }

  /// Opens the share of a role.
  static func open(
    _ sealed: [UInt8], of release: ReleaseID, role: Role, vault: VaultID,
    with pair: borrowing SealedBox.KeyPair
  ) throws(VaultError) -> SharedKey<ReleaseSharePurpose> {
    let share: Key<ReleaseSharePurpose> = try SealedGrant.open(
      sealed, kind: grantKind, subject: role.rawValue, epoch: KeyChain.epoch, vault: vault, with: pair)
    let id = release.bytes
    guard share.withBytes({ bytes in (0..<16).allSatisfy { bytes[32 + $0] == id[$0] } }) else {
      throw VaultError(.integrity, "a share of a release's key is another release's")
    }
    return SharedKey(share)
  }

  /// Seals a share once more, to one person.
  static func seal(
    _ share: SharedKey<ReleaseSharePurpose>, to person: BoxPublicKey, vault: VaultID
  ) throws(VaultError) -> [UInt8] {
    try share.key.withBytes { bytes throws(VaultError) in
      try SealedGrant.seal(
        bytes, kind: grantKind, subject: holders.custodian.rawValue, epoch: KeyChain.epoch, vault: vault,
        to: person)
    }
  }

  /// The key from its two shares.
  static func join(
    _ first: SharedKey<ReleaseSharePurpose>, _ second: SharedKey<ReleaseSharePurpose>
  ) -> SharedKey<ReleaseKeyPurpose> {
    SharedKey(
      first.key.withBytes { first in
        second.key.withBytes { second in
          Key<ReleaseKeyPurpose>.filling { out in
            for index in 0..<32 { out[index] = first[index] ^ second[index] }
          }
        }
      })
  }
}
