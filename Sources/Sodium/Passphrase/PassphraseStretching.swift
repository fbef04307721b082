import CSodium

/// A key from a passphrase: Argon2id version 1.3 with one lane (RFC 9106), as libsodium's `crypto_pwhash`.
public enum PassphraseStretching {
  /// Bytes of a salt.
  public static let saltByteCount = 16

  /// A fresh salt.
  public static func randomSalt() -> [UInt8] { SecureRandom.bytes(saltByteCount) }

  /// The key that belongs to `passphrase`.
  ///
  /// - Parameters:
  ///   - passphrase: its bytes; whoever asked for it has normalized them.
  ///   - parameters: the cost, within bounds by construction.
  ///   - salt: 16 random bytes, kept beside what the key seals.
  ///   - purpose: what the key is for; it may have 16 or more bytes.
  /// - Throws: `.wrongLength` for the salt, `.outOfMemory` where the system refuses the memory.
  public static func key<P: KeyPurpose>(
    passphrase: borrowing WipedBytes, parameters: Parameters, salt: [UInt8], as purpose: P.Type = P.self
  ) throws(SodiumError) -> Key<P> {
    guard salt.count == saltByteCount else {
      throw SodiumError(.wrongLength, "the salt of a passphrase has \(saltByteCount) bytes")
    }
    return try unsafe Key<P>.fillingUnsafe { out throws(SodiumError) in
      let status = passphrase.withBytes { text in
        unsafe text.withBase { text, count in
          unsafe crypto_pwhash(
            out, UInt64(P.byteCount), UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self),
            UInt64(count), salt, UInt64(parameters.operations), Int(parameters.memory),
            crypto_pwhash_ALG_ARGON2ID13)
        }
      }
      guard status == 0 else {
        throw SodiumError(.outOfMemory, "the system refused the memory that stretching a passphrase needs")
      }
    }
  }
}
