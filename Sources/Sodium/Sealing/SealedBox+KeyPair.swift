import CSodium

/// The secret half of an X25519 pair, 32 bytes.
public enum X25519SecretPurpose: KeyPurpose {}

extension SealedBox {
  /// An X25519 pair: what opens the boxes that were sealed to its public half.
  public struct KeyPair: ~Copyable, Sendable {
    /// The secret half.
    public let secret: Key<X25519SecretPurpose>

    /// The public half, always the one that belongs to `secret`.
    public let publicKey: BoxPublicKey

    /// A new random pair.
    public static func generate() -> KeyPair { KeyPair(secret: .random()) }

    /// The pair of a secret that exists already.
    public init(secret: consuming Key<X25519SecretPurpose>) {
      publicKey = BoxPublicKey(
        value: unsafe secret.withUnsafePointer { scalar in
          unsafe Digest32 { out in _ = unsafe crypto_scalarmult_base(out, scalar) }
        })
      self.secret = secret
    }
  }
}
