public import Sodium

/// The name under which a user signs checkpoints: `ORIGIN/u-` and the 16 hex digits of the user's key id.
public enum UserKeyName {
  /// The key id of a user: the first 8 bytes of SHA-256 of the Ed25519 public key, in lower-case hex.
  public static func keyID(of key: VerifyingKey) -> String { Hex.encode(SHA256.hash(key.bytes).bytes[..<8]) }

  /// The name for a key in a log.
  public static func name(origin: String, keyID: String) -> String { "\(origin)/u-\(keyID)" }

  /// The user's key as a signer of this log's checkpoints.
  ///
  /// - Throws: `malformed` when the origin cannot be part of a key's name.
  public static func verifierKey(origin: String, key: VerifyingKey) throws(LogError) -> LogVerifierKey {
    try LogVerifierKey(name: name(origin: origin, keyID: keyID(of: key)), key: key)
  }

  /// The key id in a name, when it is the name of a user of this log.
  public static func keyID(in name: String, origin: String) -> String? {
    let prefix = "\(origin)/u-".utf8
    guard name.utf8.starts(with: prefix) else { return nil }
    let id = name.utf8.dropFirst(prefix.count)
    guard id.count == 16, id.allSatisfy({ Ascii.isLowerHex($0) }) else { return nil }
    return String(Substring(id))
  }
}
