public import Sodium

/// A user's key id: the first 8 bytes of the SHA-256 hash of the Ed25519 public key. Statements name users by it.
public struct KeyID: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The 8 bytes, big-endian.
  public let value: UInt64

  /// The id of a public key.
  public init(_ key: VerifyingKey) {
    value = SHA256.hash(key.bytes).bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The id of 8 bytes, or nil.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 8 else { return nil }
    value = bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The id written in 16 lower-case hex digits, or nil.
  public init?(_ text: some StringProtocol) {
    guard let bytes = Hexadecimal.bytes(text) else { return nil }
    self.init(bytes: bytes)
  }

  /// The 8 bytes.
  public var bytes: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * UInt64($0))) } }

  /// 16 lower-case hex digits.
  public var description: String { Hexadecimal.text(bytes) }

  /// By value.
  public static func < (left: KeyID, right: KeyID) -> Bool { left.value < right.value }
}
