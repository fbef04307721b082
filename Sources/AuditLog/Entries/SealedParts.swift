public import Sodium

/// The hashes of what is sealed beside an envelope. They outlive the ciphertexts, so that *who* can be erased when
/// its time is over and the log still verifies.
public struct SealedParts: Hashable, Sendable {
  /// SHA-256 of the session key, sealed to the audit key.
  public let sessionKey: Digest32
  /// SHA-256 of the ciphertext of *what*.
  public let what: Digest32
  /// SHA-256 of the ciphertext of *who*.
  public let who: Digest32

  /// Parts of these hashes.
  public init(sessionKey: Digest32, what: Digest32, who: Digest32) {
    self.sessionKey = sessionKey
    self.what = what
    self.who = who
  }

  /// Hashes the ciphertexts. The hash of the sealed session key is given, as it is one for a whole session.
  public init(sessionKey: Digest32, what: Span<UInt8>, who: Span<UInt8>) {
    self.init(sessionKey: sessionKey, what: SHA256.hash(what), who: SHA256.hash(who))
  }

  /// Hashes the ciphertexts. See `init(sessionKey:what:who:)` over spans.
  public init(sessionKey: Digest32, what: [UInt8], who: [UInt8]) {
    self.init(sessionKey: sessionKey, what: what.span, who: who.span)
  }

  /// The `sealed` field of the envelope: SHA-256(session key ‖ what ‖ who), each of them a hash.
  public var hash: Digest32 {
    var hash = SHA256()
    sessionKey.withSpan { hash.update($0) }
    what.withSpan { hash.update($0) }
    who.withSpan { hash.update($0) }
    return hash.finalize()
  }
}
