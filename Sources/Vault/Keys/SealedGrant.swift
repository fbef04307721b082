internal import Sodium

/// A key sealed to a public key: `format ‖ algorithm ‖ vault id ‖ kind ‖ subject ‖ epoch u32 ‖ key` in a sealed box.
enum SealedGrant {
  /// The kind of a log session's key, beside those of ``KeyKind``.
  static let sessionKind: UInt8 = 64

  static func seal(
    _ key: Span<UInt8>, kind: UInt8, subject: UInt8, epoch: UInt32, vault: VaultID, to recipient: BoxPublicKey
  ) throws(VaultError) -> [UInt8] {
    var content = WipedBytes(capacity: 24 + key.count)
    content.append(copying: header(kind: kind, subject: subject, epoch: epoch, vault: vault))
    content.append(key)
    do {
      return try content.withBytes { bytes throws(SodiumError) in try SealedBox.seal(bytes, to: recipient) }
    } catch { throw VaultError(.integrity, "a key cannot be sealed to this public key: \(error.reason)") }
  }

  /// Opens a grant of exactly this kind, subject, epoch and vault.
  static func open<Purpose: KeyPurpose>(
    _ sealed: [UInt8], kind: UInt8, subject: UInt8, epoch: UInt32, vault: VaultID,
    with pair: borrowing SealedBox.KeyPair
  ) throws(VaultError) -> Key<Purpose> {
    let expected = header(kind: kind, subject: subject, epoch: epoch, vault: vault)
    let refusal = VaultError(.integrity, "a sealed key does not open: it is not what it should be")
    do {
      let content = try SealedBox.open(sealed.span, with: pair)
      let key: Key<Purpose>? = try content.withBytes { bytes throws(SodiumError) in
        guard bytes.count == expected.count + Purpose.byteCount,
          expected.indices.allSatisfy({ bytes[$0] == expected[$0] })
        else { return nil }
        return try Key.copying(bytes.extracting(expected.count..<bytes.count))
      }
      guard let key else { throw refusal }
      return key
    } catch { throw refusal }
  }

  private static func header(kind: UInt8, subject: UInt8, epoch: UInt32, vault: VaultID) -> [UInt8] {
    var header: [UInt8] = [1, 1] + vault.bytes + [kind, subject]
    header.appendBigEndian(epoch)
    return header
  }
}

/// The commitment of a symmetric key that a statement carries, so that nobody can plant another.
enum KeyCommitment {
  /// BLAKE2b-256 keyed with the key over `crmvault/commit/v1 ‖ vault id ‖ kind ‖ subject ‖ epoch`.
  ///
  /// In the genesis statement, from which the vault id is derived, the vault id is 16 zero bytes.
  static func of<Purpose: KeyPurpose>(
    _ key: borrowing Key<Purpose>, kind: KeyKind, epoch: UInt32, vault: VaultID?
  )
    -> Digest32
  {
    var message = Array("crmvault/commit/v1".utf8) + (vault?.bytes ?? [UInt8](repeating: 0, count: 16))
    message += [kind.code, kind.subject]
    message.appendBigEndian(epoch)
    return BLAKE2b.keyed256(key: key, message)
  }
}
