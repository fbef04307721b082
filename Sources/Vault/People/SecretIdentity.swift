internal import Sodium

/// The secret half of a user, opened: signs statements and checkpoints, receives role keys.
public final class SecretIdentity: Sendable {
  /// The shareable half.
  public let identity: PublicIdentity
  let signing: SigningKey
  let box: SealedBox.KeyPair

  init(identity: PublicIdentity, signing: consuming SigningKey, box: consuming SealedBox.KeyPair) {
    self.identity = identity
    self.signing = signing
    self.box = box
  }

  /// The user's key id.
  public var keyID: KeyID { identity.keyID }

  /// A new identity with random keys.
  public static func generate(name: String) -> SecretIdentity {
    let signing = SigningKey.generate()
    let box = SealedBox.KeyPair.generate()
    let identity = PublicIdentity(name: name, signingKey: signing.publicKey, boxKey: box.publicKey)
    return SecretIdentity(identity: identity, signing: signing, box: box)
  }

  /// The text of the user's `.pub` file.
  public var publicText: String {
    let message = PublicIdentity.proofMessage(
      name: identity.name, signingKey: identity.signingKey, boxKey: identity.boxKey)
    return identity.text(proof: signing.sign(message.span))
  }
}
