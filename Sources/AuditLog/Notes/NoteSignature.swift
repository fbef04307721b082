import Sodium

/// One signature line of a note, by a key that may or may not be known.
public struct NoteSignature: Hashable, Sendable {
  /// The name of the key.
  public let name: String

  /// The id of the key.
  public let keyID: UInt32

  /// The signature: 64 bytes for a log's Ed25519 key, 72 for cosignature/v1, whatever an unknown kind of key writes.
  public let signature: [UInt8]

  /// A signature line of these parts.
  public init(name: String, keyID: UInt32, signature: [UInt8]) {
    self.name = name
    self.keyID = keyID
    self.signature = signature
  }

  /// The line without its line feed: `— NAME BASE64`.
  public var line: String {
    var blob: [UInt8] = []
    blob.append(bigEndian: keyID)
    return "\u{2014} \(name) \(Base64.encode(blob + signature))"
  }

  /// Reads a line without its line feed.
  init(line: Span<UInt8>) throws(LogError) {
    let prefix = Self.prefix
    var space: Int?
    if line.count > prefix.count {
      var index = prefix.count
      while index < line.count, line[index] != Ascii.space { index += 1 }
      if index < line.count, prefix.indices.allSatisfy({ line[$0] == prefix[$0] }) { space = index }
    }
    guard let space, let name = String(utf8: line.extracting(prefix.count..<space)),
      LogVerifierKey.isValid(name: name),
      let blob = StrictBase64.decode(line.extracting((space + 1)..<line.count)), blob.count > 4
    else { throw LogError(.malformed, "a signature line is not '\u{2014} NAME BASE64'") }
    self.name = name
    keyID = blob[..<4].reduce(0) { $0 << 8 | UInt32($1) }
    signature = Array(blob[4...])
  }

  /// U+2014 and a space.
  private static let prefix: [UInt8] = [0xE2, 0x80, 0x94, Ascii.space]
}

extension String {
  /// These bytes, when they are valid UTF-8. Never repaired.
  init?(utf8 bytes: Span<UInt8>) {
    guard let valid = try? UTF8Span(validating: bytes) else { return nil }
    self.init(copying: valid)
  }
}
