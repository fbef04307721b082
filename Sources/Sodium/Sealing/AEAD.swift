import CSodium

/// Authenticated encryption with associated data: XChaCha20-Poly1305-IETF (draft-irtf-cfrg-xchacha-03).
///
/// Does not commit to its key: where several keys are possible, use `CommittedSeal`.
public enum AEAD {
  /// Bytes of a nonce.
  public static let nonceByteCount = 24
  /// Bytes by which the sealed form is longer than the plaintext.
  public static let tagByteCount = 16

  /// A fresh nonce. At 24 bytes, random ones do not collide.
  public static func randomNonce() -> [UInt8] { SecureRandom.bytes(nonceByteCount) }

  /// Ciphertext and tag of `plaintext`.
  ///
  /// - Parameters:
  ///   - plaintext: what to seal.
  ///   - key: 32 bytes.
  ///   - nonce: 24 bytes, never used twice under one key.
  ///   - associatedData: what the sealed bytes are bound to.
  public static func seal<P: KeyPurpose>(
    _ plaintext: Span<UInt8>, key: borrowing Key<P>, nonce: [UInt8], associatedData: Span<UInt8>
  ) -> [UInt8] {
    precondition(P.byteCount == 32, "a key of XChaCha20-Poly1305 has 32 bytes")
    precondition(nonce.count == nonceByteCount, "a nonce of XChaCha20-Poly1305 has 24 bytes")
    let sealedCount = plaintext.count + tagByteCount
    return unsafe [UInt8](unsafeUninitializedCapacity: sealedCount) { output, initialized in
      guard let out = output.baseAddress else { return }
      unsafe key.withUnsafePointer { key in
        unsafe plaintext.withBase { plain, plainCount in
          unsafe associatedData.withBase { data, dataCount in
            unsafe rawSeal(
              plain, count: plainCount, key: key, nonce: nonce,
              associatedData: data, associatedCount: dataCount, into: out)
          }
        }
      }
      initialized = sealedCount
    }
  }

  /// The plaintext of `sealed`, which is ciphertext and tag.
  ///
  /// - Throws: `.wrongLength` for the nonce, `.truncated`, or `.forged` if anything differs from what was
  ///   sealed: bytes, key, nonce or associated data.
  public static func open<P: KeyPurpose>(
    _ sealed: Span<UInt8>, key: borrowing Key<P>, nonce: [UInt8], associatedData: Span<UInt8>
  ) throws(SodiumError) -> WipedBytes {
    precondition(P.byteCount == 32, "a key of XChaCha20-Poly1305 has 32 bytes")
    guard nonce.count == nonceByteCount else {
      throw SodiumError(.wrongLength, "a nonce of XChaCha20-Poly1305 has 24 bytes")
    }
    guard sealed.count >= tagByteCount else {
      throw SodiumError(.truncated, "sealed bytes end within their tag")
    }
    var plaintext = WipedBytes(capacity: sealed.count - tagByteCount)
    try unsafe plaintext.appendUnsafe(upTo: sealed.count - tagByteCount) { out throws(SodiumError) in
      let isGenuine = unsafe key.withUnsafePointer { key in
        unsafe sealed.withBase { input, inputCount in
          unsafe associatedData.withBase { data, dataCount in
            unsafe rawOpen(
              input, count: inputCount, key: key, nonce: nonce,
              associatedData: data, associatedCount: dataCount, into: out)
          }
        }
      }
      guard isGenuine else { throw SodiumError(.forged, "sealed bytes do not authenticate") }
      return sealed.count - tagByteCount
    }
    return plaintext
  }
}

// Forms on raw memory, for inner loops: no allocation, no generics.
extension AEAD {
  /// Seals `count` bytes at `plaintext` into `count + 16` bytes at `out`, which may begin at `plaintext`.
  package static func rawSeal(
    _ plaintext: UnsafePointer<UInt8>?, count: Int, key: UnsafePointer<UInt8>,
    nonce: UnsafePointer<UInt8>, associatedData: UnsafePointer<UInt8>?, associatedCount: Int,
    into out: UnsafeMutablePointer<UInt8>
  ) {
    Library.start()
    _ = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
      out, nil, plaintext, UInt64(count), associatedData, UInt64(associatedCount), nil, nonce, key)
  }

  /// Opens `count` bytes (at least 16) at `sealed` into `count - 16` bytes at `out`, which may be `sealed`.
  /// Returns false, and leaves zeros in `out`, if they do not authenticate.
  package static func rawOpen(
    _ sealed: UnsafePointer<UInt8>, count: Int, key: UnsafePointer<UInt8>,
    nonce: UnsafePointer<UInt8>, associatedData: UnsafePointer<UInt8>?, associatedCount: Int,
    into out: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    Library.start()
    return unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
      out, nil, nil, sealed, UInt64(count), associatedData, UInt64(associatedCount), nonce, key) == 0
  }
}
