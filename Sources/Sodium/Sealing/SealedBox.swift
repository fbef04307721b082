import CSodium

/// Anonymous sealing to a public key: anyone can seal, only the holder of the secret half opens
/// (`crypto_box_seal`: X25519, XSalsa20-Poly1305).
///
/// Says nothing about who sealed it: what needs an author is signed as well.
public enum SealedBox {
  /// Bytes by which the sealed form is longer than the plaintext.
  public static let overhead = 48

  /// Seals `plaintext` to the holder of `publicKey`.
  ///
  /// - Throws: `.unusableKey` for a public key of low order, under which everyone could open.
  public static func seal(
    _ plaintext: Span<UInt8>, to publicKey: BoxPublicKey
  ) throws(SodiumError) -> [UInt8] {
    Library.start()
    let count = plaintext.count + overhead
    var status: Int32 = -1
    let sealed = unsafe [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
      guard let out = output.baseAddress else { return }
      unsafe plaintext.withBase { plain, plainCount in
        unsafe publicKey.value.withUnsafePointer { key in
          status = unsafe crypto_box_seal(out, plain, UInt64(plainCount), key)
        }
      }
      initialized = status == 0 ? count : 0
    }
    guard status == 0 else {
      throw SodiumError(.unusableKey, "the public key is a point of low order")
    }
    return sealed
  }

  /// Opens what was sealed to the public half of `pair`.
  ///
  /// - Throws: `.truncated`, or `.forged` if it was sealed to another key or changed since.
  public static func open(
    _ sealed: Span<UInt8>, with pair: borrowing KeyPair
  ) throws(SodiumError) -> WipedBytes {
    guard sealed.count >= overhead else {
      throw SodiumError(.truncated, "a sealed box ends within its header")
    }
    let count = sealed.count - overhead
    var plaintext = WipedBytes(capacity: count)
    try unsafe plaintext.appendUnsafe(upTo: count) { out throws(SodiumError) in
      let status = unsafe sealed.withBase { input, inputCount in
        unsafe pair.publicKey.value.withUnsafePointer { publicKey in
          unsafe pair.secret.withUnsafePointer { secret in
            unsafe crypto_box_seal_open(
              out, input, UInt64(inputCount), publicKey, secret)
          }
        }
      }
      guard status == 0 else {
        throw SodiumError(.forged, "a sealed box does not open: sealed to another key, or changed")
      }
      return count
    }
    return plaintext
  }
}
