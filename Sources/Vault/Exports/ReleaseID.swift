internal import Sodium

/// A release's id: 128 random bits, shown as a customer's but with `R-` before it.
public struct ReleaseID: Hashable, Sendable, LosslessStringConvertible {
  /// The number, as the object of the ledger's blocks.
  public let object: BlockAddress.Object

  /// The id of this number.
  public init(_ object: BlockAddress.Object) { self.object = object }

  /// A new id.
  public static func random() -> ReleaseID {
    ReleaseID(BlockAddress.Object(SecureRandom.bytes(16)) ?? .none)
  }

  /// The id of these bytes, or nil unless there are 16.
  public init?(_ bytes: some Collection<UInt8>) {
    guard let object = BlockAddress.Object(bytes) else { return nil }
    self.object = object
  }

  /// The 16 bytes.
  public var bytes: [UInt8] { object.bytes }

  /// `R-`, 26 symbols and a check symbol.
  public var description: String {
    "R-" + Pseudonym(high: object.high, low: object.low).description.dropFirst(2)
  }

  /// The id that this text shows, as a person types it, or nil.
  public init?(_ description: String) {
    guard let first = description.utf8.first, first | 0x20 == UInt8(ascii: "r"),
      let number = Pseudonym("C" + description.dropFirst())
    else { return nil }
    object = BlockAddress.Object(high: number.high, low: number.low)
  }
}
