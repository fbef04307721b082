public import Sodium

/// Writes the signature lines of one named key. The secret half is lent for each signature and not kept.
public struct NoteSigner: Hashable, Sendable {
  /// The public half, under its name.
  public let verifierKey: LogVerifierKey

  /// A signer under this key's name.
  public init(_ verifierKey: LogVerifierKey) { self.verifierKey = verifierKey }

  /// Signs the text of a note, as a log or a user does.
  ///
  /// - Throws: `wrongKey` when the secret key is another, or when this is a witness's key.
  public func sign(_ text: [UInt8], with key: borrowing SigningKey) throws(LogError) -> NoteSignature {
    try check(key, .log)
    return NoteSignature(name: verifierKey.name, keyID: verifierKey.id, signature: key.sign(text.span))
  }

  /// Cosigns a checkpoint as a witness does: cosignature/v1, at a time in POSIX seconds.
  ///
  /// - Throws: `wrongKey` when the secret key is another, or not a witness's.
  public func cosign(
    _ checkpoint: Checkpoint, time: UInt64, with key: borrowing SigningKey
  ) throws(LogError) -> NoteSignature {
    try check(key, .cosignature)
    var blob: [UInt8] = []
    blob.append(bigEndian: time)
    blob.append(contentsOf: key.sign(CosignedMessage.bytes(time: time, text: checkpoint.text).span))
    return NoteSignature(name: verifierKey.name, keyID: verifierKey.id, signature: blob)
  }

  private func check(_ key: borrowing SigningKey, _ use: LogVerifierKey.Use) throws(LogError) {
    guard verifierKey.use == use else {
      throw LogError(.wrongKey, "the key \(verifierKey.name) does not sign notes of this kind")
    }
    guard key.publicKey == verifierKey.key else {
      throw LogError(.wrongKey, "the secret key is not that of \(verifierKey.name)")
    }
  }
}
