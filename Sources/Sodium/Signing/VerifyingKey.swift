import CSodium

/// The public half of an Ed25519 key: what a signature is checked with. 32 bytes, free to be shown.
///
/// Any 32 bytes are accepted here; under bytes that are no usable point, no signature verifies.
public struct VerifyingKey: Hashable, Sendable {
  let value: Digest32

  init(value: Digest32) { self.value = value }

  /// A key from its bytes, or `nil` unless there are exactly 32.
  public init?(_ bytes: some Collection<UInt8>) {
    guard let value = Digest32(bytes) else { return nil }
    self.value = value
  }

  /// The 32 bytes.
  public var bytes: [UInt8] { value.bytes }

  /// Whether `signature` (64 bytes; any other length is false) is by this key over `message`.
  public func verifies(_ signature: Span<UInt8>, of message: Span<UInt8>) -> Bool {
    guard signature.count == SigningKey.signatureByteCount else { return false }
    Library.start()
    return unsafe value.withUnsafePointer { key in
      unsafe signature.withBase { signature, _ in
        unsafe message.withBase { message, messageCount in
          unsafe crypto_sign_ed25519_verify_detached(
            signature, message, UInt64(messageCount), key) == 0
        }
      }
    }
  }

  /// Whether `signature` (64 bytes; any other length is false) is by this key over `message`.
  public func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
    verifies(signature.span, of: message.span)
  }
}

extension VerifyingKey: CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  public var description: String { value.description }
}
