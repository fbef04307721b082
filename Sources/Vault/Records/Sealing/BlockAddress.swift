/// Where a sealed block of many customers belongs.
public struct BlockAddress: Hashable, Sendable {
  /// What a block holds. The codes are part of the format: never reused.
  public enum Kind: UInt8, Sendable {
    /// Permission bits of one purpose, 1,024 ordinals.
    case permission = 1
    /// Statistics, one slot a customer.
    case statistics = 2
    /// Saved scores, one slot a customer.
    case scores = 3
    /// The release ledger, one slot a customer.
    case ledger = 4
    /// The catalogue's entry of a saved run or of norms; no slots.
    case catalogue = 5
    /// A piece of frozen norms; no slots.
    case norms = 6
    /// The catalogue's row of a release: nothing of a customer.
    case release = 8
    /// A charge of a privacy budget: nothing of a customer.
    case charge = 9
  }

  /// The object that a block belongs to: a purpose, a score set or a release; zero for none.
  public struct Object: Hashable, Sendable {
    /// The upper 8 of the 16 bytes.
    public let high: UInt64
    /// The lower 8 of the 16 bytes.
    public let low: UInt64

    /// No object.
    public static let none = Object(high: 0, low: 0)

    /// The object of this number.
    public init(high: UInt64, low: UInt64) {
      self.high = high
      self.low = low
    }

    /// The object of these bytes, big-endian, or nil unless there are 16.
    public init?(_ bytes: some Collection<UInt8>) {
      guard let number = Pseudonym(bytes) else { return nil }
      self.init(high: number.high, low: number.low)
    }

    /// The 16 bytes, big-endian.
    public var bytes: [UInt8] { Pseudonym(high: high, low: low).bytes }
  }

  /// The data class whose key seals the block.
  public var dataClass: DataClass
  /// What the block holds.
  public var kind: Kind
  /// What it belongs to.
  public var object: Object
  /// The first ordinal in it.
  public var firstOrdinal: UInt64
  /// The block's version: 0 at first, one more with each write.
  public var version: UInt64
  /// The schema of the plaintext.
  public var schema: UInt16

  /// Addresses a block.
  public init(
    _ dataClass: DataClass, kind: Kind, object: Object, firstOrdinal: UInt64, version: UInt64,
    schema: UInt16 = RecordAddress.currentSchema
  ) {
    self.dataClass = dataClass
    self.kind = kind
    self.object = object
    self.firstOrdinal = firstOrdinal
    self.version = version
    self.schema = schema
  }
}
