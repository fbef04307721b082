/// The public half of an X25519 pair: whom to seal a box to. 32 bytes, free to be shown.
public struct BoxPublicKey: Hashable, Sendable {
  let value: Digest32

  init(value: Digest32) { self.value = value }

  /// A public key from its bytes, or `nil` unless there are exactly 32.
  public init?(_ bytes: some Collection<UInt8>) {
    guard let value = Digest32(bytes) else { return nil }
    self.value = value
  }

  /// The 32 bytes.
  public var bytes: [UInt8] { value.bytes }
}

extension BoxPublicKey: CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  public var description: String { value.description }
}
