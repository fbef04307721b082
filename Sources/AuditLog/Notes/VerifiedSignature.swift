import Sodium

/// A signature on a note that was checked and holds.
public struct VerifiedSignature: Hashable, Sendable {
  /// The key that signed.
  public let key: LogVerifierKey

  /// When a witness signed, in POSIX seconds; nil for a log's or a user's signature, which carries no time.
  public let time: UInt64?

  /// Checks one line against the key that it names; nil when it does not verify.
  init?(_ signature: NoteSignature, by key: LogVerifierKey, of text: [UInt8]) {
    let blob = signature.signature
    switch key.use {
    case .log:
      guard blob.count == 64, key.key.verifies(blob.span, of: text.span) else { return nil }
      time = nil
    case .cosignature:
      guard blob.count == 72 else { return nil }
      let stamp = UInt64(bigEndian: blob[..<8])
      let message = CosignedMessage.bytes(time: stamp, text: text)
      guard key.key.verifies(blob.span.extracting(8..<72), of: message.span) else { return nil }
      time = stamp
    }
    self.key = key
  }
}

/// What a witness signs: C2SP tlog-cosignature, cosignature/v1.
enum CosignedMessage {
  static func bytes(time: UInt64, text: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(text: "cosignature/v1\ntime \(time)\n")
    bytes.append(contentsOf: text)
    return bytes
  }
}
