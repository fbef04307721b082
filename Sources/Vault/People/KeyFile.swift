public import Sodium

/// The bytes of a `NAME.key` file: a user's two secret keys, sealed under a stretched passphrase.
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 16 | `crmvault-userkey` |
/// | 16 | 1 | format, 1 |
/// | 17 | 1 | key derivation, 1: Argon2id version 1.3, one lane |
/// | 18 | 4 | passes, big-endian |
/// | 22 | 4 | memory in KiB, big-endian |
/// | 26 | 16 | salt |
/// | 42 | | committed seal (personal string `crmvault-userkey`, epoch 0) of signing seed (32) and box secret (32); its associated data are the 42 bytes before it |
///
/// The key of the seal is derived from the stretched passphrase and 32 zero bytes, as a block's is from a class
/// key: a commitment is compared before anything is decrypted, so that a wrong passphrase is told from a forgery.
public enum KeyFile {
  /// The Argon2id keys of key files.
  public enum Purpose: KeyPurpose {}

  static let magic = Array("crmvault-userkey".utf8)
  static let personal: StaticString = "crmvault-userkey"
  static let headerLength = 42
  /// Where the seal's nonce begins: after its format, algorithm and epoch (0).
  private static let sealStart = headerLength + 6
  /// No key file is larger.
  public static let maximumLength = 512

  /// Seals an identity's secrets under a passphrase.
  public static func seal(
    _ identity: SecretIdentity, passphrase: borrowing WipedBytes, parameters: PassphraseStretching.Parameters
  ) throws(VaultError) -> [UInt8] {
    let salt = SecureRandom.bytes(PassphraseStretching.saltByteCount)
    var file = magic + [1, 1]
    file += bigEndian(parameters.operations)
    file += bigEndian(UInt32(parameters.memory / 1024))
    file += salt
    var secrets = WipedBytes(capacity: 64)
    let seed = identity.signing.seed()
    seed.withBytes { secrets.append($0) }
    identity.box.secret.withBytes { secrets.append($0) }
    let key = try stretch(passphrase, parameters, salt)
    let header = file
    file += secrets.withBytes { plaintext in
      CommittedSeal.seal(
        plaintext, classKey: key, personal: personal, epoch: 0, associatedData: header.span, pad: false)
    }
    return file
  }

  /// Opens a key file.
  ///
  /// - Throws: `.wrongPassphrase`; `.configuration` for a file that is none, or whose costs are out of bounds
  ///   (checked before any memory is taken); `.integrity` for a changed one.
  public static func open(
    _ file: Span<UInt8>, identity: PublicIdentity, passphrase: borrowing WipedBytes
  ) throws(VaultError) -> SecretIdentity {
    let reader = try header(of: file)
    // The seal's epoch is under no tag: the one form that is written is the one that is read.
    guard file.count >= sealStart, (headerLength + 2..<sealStart).allSatisfy({ file[$0] == 0 }) else {
      throw VaultError(.integrity, "\(identity.name)'s key file was changed or cut off")
    }
    let key = try stretch(passphrase, reader.parameters, reader.salt)
    var secrets = WipedBytes(capacity: 64)
    do throws(SodiumError) {
      try CommittedSeal.open(
        file.extracting(headerLength..<file.count), classKey: key, personal: personal,
        associatedData: file.extracting(0..<headerLength), pad: false, into: &secrets)
    } catch {
      guard error.code != .wrongKey else {
        throw VaultError(.wrongPassphrase, "the passphrase does not open \(identity.name)'s key")
      }
      throw VaultError(.integrity, "\(identity.name)'s key file was changed: \(error.reason)")
    }
    guard secrets.count == 64 else {
      throw VaultError(.integrity, "\(identity.name)'s key file is malformed")
    }
    let opened = try secrets.withBytes { bytes throws(VaultError) in try secretIdentity(bytes, identity) }
    guard opened.signing.publicKey == identity.signingKey, opened.box.publicKey == identity.boxKey else {
      throw VaultError(
        .integrity, "\(identity.name).key and \(identity.name).pub do not belong together",
        hint: "restore the .pub file that was made with the key")
    }
    return opened
  }

  /// The costs of stretching that a key file names.
  ///
  /// - Throws: `.configuration` for a file that is none, or whose costs are out of bounds.
  public static func parameters(of file: Span<UInt8>) throws(VaultError) -> PassphraseStretching.Parameters {
    try header(of: file).parameters
  }

  private static func stretch(
    _ passphrase: borrowing WipedBytes, _ parameters: PassphraseStretching.Parameters, _ salt: [UInt8]
  ) throws(VaultError) -> Key<Purpose> {
    do throws(SodiumError) {
      return try PassphraseStretching.key(passphrase: passphrase, parameters: parameters, salt: salt)
    } catch { throw VaultError(.configuration, "the passphrase cannot be stretched: \(error.reason)") }
  }

  private static func secretIdentity(_ bytes: Span<UInt8>, _ identity: PublicIdentity) throws(VaultError)
    -> SecretIdentity
  {
    do throws(SodiumError) {
      let seed = try Key<SeedPurpose>.copying(bytes.extracting(0..<32))
      let secret = try Key<X25519SecretPurpose>.copying(bytes.extracting(32..<64))
      return SecretIdentity(
        identity: identity, signing: SigningKey(seed: seed), box: SealedBox.KeyPair(secret: secret))
    } catch { throw VaultError(.integrity, "\(identity.name)'s key file is malformed") }
  }

  private static func header(
    of file: Span<UInt8>
  ) throws(VaultError) -> (parameters: PassphraseStretching.Parameters, salt: [UInt8]) {
    let bytes = (0..<min(file.count, headerLength)).map { file[$0] }
    guard bytes.count == headerLength, Array(bytes[0..<16]) == magic else {
      throw VaultError(.configuration, "this is not a crmvault key file")
    }
    guard bytes[16] == 1, bytes[17] == 1 else {
      throw VaultError(
        .configuration, "the key file was written by a newer crmvault", hint: "install that version")
    }
    let passes = bytes[18..<22].reduce(0) { $0 << 8 | UInt32($1) }
    let memory = bytes[22..<26].reduce(0) { $0 << 8 | UInt64($1) } * 1024
    do throws(SodiumError) {
      let parameters = try PassphraseStretching.Parameters(operations: passes, memory: memory)
      return (parameters, Array(bytes[26..<42]))
    } catch { throw VaultError(.configuration, "the key file's costs are refused: \(error.reason)") }
  }

  private static func bigEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32($0))) }
  }
}
