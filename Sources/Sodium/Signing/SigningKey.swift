import CSodium

/// The seed of an Ed25519 key, 32 bytes: all that has to be kept of it.
public enum SeedPurpose: KeyPurpose {}

/// An expanded Ed25519 secret key: seed and public key, 64 bytes.
enum SigningPurpose: KeyPurpose {
  static var byteCount: Int { 64 }
}

/// An Ed25519 key that signs (RFC 8032), in guarded memory.
public struct SigningKey: ~Copyable, Sendable {
  private let secret: Key<SigningPurpose>

  /// The key that verifies what this one signs.
  public let publicKey: VerifyingKey

  /// Bytes of a signature.
  public static let signatureByteCount = 64

  /// A new random key.
  public static func generate() -> SigningKey { SigningKey(seed: .random()) }

  /// The key that belongs to `seed`.
  public init(seed: borrowing Key<SeedPurpose>) {
    var verifying: Digest32?
    secret = unsafe Key<SigningPurpose>.fillingUnsafe { out in
      unsafe seed.withUnsafePointer { seed in
        verifying = unsafe Digest32 { publicKey in
          _ = unsafe crypto_sign_ed25519_seed_keypair(publicKey, out, seed)
        }
      }
    }
    guard let verifying else { preconditionFailure("a key is filled exactly once") }
    publicKey = VerifyingKey(value: verifying)
  }

  /// The seed, to be sealed and kept.
  public borrowing func seed() -> Key<SeedPurpose> {
    unsafe Key<SeedPurpose>.fillingUnsafe { out in
      unsafe secret.withUnsafePointer { unsafe out.update(from: $0, count: SeedPurpose.byteCount) }
    }
  }

  /// The signature of `message`: 64 bytes, the same for the same message.
  public borrowing func sign(_ message: Span<UInt8>) -> [UInt8] {
    unsafe secret.withUnsafePointer { secret in
      unsafe message.withBase { message, messageCount in
        unsafe [UInt8](unsafeUninitializedCapacity: SigningKey.signatureByteCount) { output, initialized in
          guard let out = output.baseAddress else { return }
          _ = unsafe crypto_sign_ed25519_detached(
            out, nil, message, UInt64(messageCount), secret)
          initialized = SigningKey.signatureByteCount
        }
      }
    }
  }

  /// The signature of `message`: 64 bytes, the same for the same message.
  public borrowing func sign(_ message: [UInt8]) -> [UInt8] { sign(message.span) }
}
