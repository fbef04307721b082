public import Sodium

/// A named public key that signs notes: a *vkey* of C2SP signed-note.
///
/// Its text is the name, `+`, the key id in eight lower-case hex digits, `+`, and base64 of the type byte and the 32
/// bytes of the key. The id is the first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ key), so one key under two names,
/// or as two types, has two ids.
public struct LogVerifierKey: Hashable, Sendable {
  /// What a key signs.
  public enum Use: UInt8, Hashable, Sendable {
    /// Ed25519 over the text of a note: the log's key, or a user's.
    case log = 0x01
    /// Ed25519 cosignature/v1 over a time and a checkpoint: a witness's key.
    case cosignature = 0x04
  }

  /// The name on the signature line.
  public let name: String

  /// What the key signs.
  public let use: Use

  /// The Ed25519 key.
  public let key: VerifyingKey

  /// The key id on the signature line.
  public let id: UInt32

  /// Names a key.
  ///
  /// - Throws: `malformed` when the name is empty or holds a space or a `+`.
  public init(name: String, use: Use = .log, key: VerifyingKey) throws(LogError) {
    guard Self.isValid(name: name) else {
      throw LogError(.malformed, "a key name must be without spaces and '+', and not empty")
    }
    self.name = name
    self.use = use
    self.key = key
    id = Self.id(name: name, use: use, key: key)
  }

  /// Reads a vkey text.
  ///
  /// - Throws: `malformed`; `wrongKey` when the id is not that of name and key.
  public init(_ text: String) throws(LogError) {
    let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let blob = StrictBase64.decode(Array(parts[2].utf8).span), blob.count == 33,
      let use = Use(rawValue: blob[0]), let key = VerifyingKey(blob[1...])
    else { throw LogError(.malformed, "a vkey is NAME+ID+KEY, with a 32-byte Ed25519 key") }
    try self.init(name: String(parts[0]), use: use, key: key)
    guard parts[1].utf8.elementsEqual(idText.utf8) else {
      throw LogError(.wrongKey, "the key id of the vkey of \(name) is not that of its key")
    }
  }

  /// The vkey text.
  public var text: String { "\(name)+\(idText)+\(Base64.encode([use.rawValue] + key.bytes))" }

  /// Whether a key may have this name: not empty, no Unicode space, no control character and no `+`.
  public static func isValid(name: String) -> Bool {
    !name.isEmpty
      && name.unicodeScalars.allSatisfy { scalar in
        scalar.value > 0x20 && scalar != "+" && (scalar.isASCII || !scalar.properties.isWhitespace)
      }
  }

  /// The id in eight lower-case hex digits.
  private var idText: String {
    var bytes: [UInt8] = []
    bytes.append(bigEndian: id)
    return Hex.encode(bytes)
  }

  private static func id(name: String, use: Use, key: VerifyingKey) -> UInt32 {
    var bytes = Array(name.utf8)
    bytes.append(Ascii.lineFeed)
    bytes.append(use.rawValue)
    bytes.append(contentsOf: key.bytes)
    return SHA256.hash(bytes).bytes[..<4].reduce(0) { $0 << 8 | UInt32($1) }
  }
}

extension LogVerifierKey: CustomStringConvertible {
  /// The vkey text.
  public var description: String { text }
}
