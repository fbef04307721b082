package import Sodium

/// The form of a chunk of behavior: one record of up to 4,096 events.
///
/// ```text
/// u8: schema 1 in bits 0-3, bit 6 times never go back, bit 7 a manifest follows (chunk 0 alone has one)
/// [manifest: number of chunks ‖ version of each further chunk ‖ if there are any: events in all chunks]
/// number of events ‖ number of texts ‖ end of each text in the dictionary (u16) ‖ the dictionary
/// digest of each event (8)
/// events: u8 kind in bits 0-2, bit 3 date only, bits 4-7 as the kind says
///   ‖ time, as difference to the event before: days where only the date is known, else seconds (zigzag)
///   0 transaction: amount (zigzag) ‖ [bit 4: currency (3)] ‖ [bit 5: u8 which of product 1, category 2,
///     channel 4 and refund 8 follow, texts by index, the refunded digest as 8 bytes]
///   1 rating: [bits 4, 5, 6: product, service, price (zigzag)]
///   2 referral: referred (8) ‖ [bit 4: value (zigzag)]
///   3 interaction: kind ‖ [bit 4: channel]
///   4 factors: u8 which ‖ each IEEE 754 (8)
/// ```
///
/// Numbers are LEB128 in their shortest form, fixed ones big-endian.
public enum BehaviorChunk {
  /// The most events in a chunk.
  public static let eventLimit = 4096
  /// The most texts in a chunk's dictionary.
  public static let textLimit = 4 * eventLimit
  /// The most bytes in a chunk's dictionary.
  public static let dictionaryLimit = 65_535
  /// The most chunks of a customer.
  public static let chunkLimit = 65_536

  static let schema: UInt8 = 1
  static let schemaMask: UInt8 = 0x0F
  static let ascendingFlag: UInt8 = 0x40
  static let manifestFlag: UInt8 = 0x80

  /// What chunk 0 says about the others, so that a lost, doubled or old chunk shows.
  public struct Manifest: Hashable, Sendable {
    /// The versions of chunks 1 and up.
    public var versions: [UInt64]
    /// The events in all chunks together.
    public var totalEvents: Int

    /// A manifest.
    public init(versions: [UInt64], totalEvents: Int) {
      self.versions = versions
      self.totalEvents = totalEvents
    }
  }

  enum Kind: UInt8 {
    case transaction = 0
    case rating = 1
    case referral = 2
    case interaction = 3
    case factors = 4
  }

  enum TransactionText {
    static let product: UInt8 = 1
    static let category: UInt8 = 2
    static let channel: UInt8 = 4
    static let refund: UInt8 = 8
  }

  static func malformed(_ reason: String = "a chunk of behavior is not what encoding it writes")
    -> RecordError
  {
    RecordError(.malformed, reason)
  }

  /// Lends a reader over a chunk's plaintext.
  ///
  /// - Throws: `.malformed`, and what `body` throws.
  package static func withReader<R: ~Copyable>(
    _ plaintext: borrowing WipedBytes, currency: CurrencyCode,
    _ body: (inout BehaviorReader) throws(RecordError) -> R
  ) throws(RecordError) -> R {
    try unsafe plaintext.withUnsafeBytes { (bytes) throws(RecordError) -> R in
      var reader = try unsafe BehaviorReader(bytes, currency: currency)
      return try body(&reader)
    }
  }
}
