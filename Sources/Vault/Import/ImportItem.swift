/// One staged item of a customer, decoded: an event, a consent statement, or fields.
///
/// It points into the arena of its ``ImportStaging`` and lives no longer.
struct ImportItem {
  enum Kind: UInt8 {
    case transaction = 0
    case rating = 1
    case referral = 2
    case factors = 4
    case consent = 5
    case fields = 6
  }

  static let dateOnly: UInt8 = 0x10
  static let orderID: UInt8 = 0x20

  /// A statement about a purpose; texts by number.
  struct Consent {
    let state: ConsentState
    let purpose, source, textVersion: UInt32
  }

  /// An event before its texts and digests are known to its chunk.
  struct Event {
    var time: Int64
    var isDateOnly: Bool
    var detail: BehaviorEvent.Detail
    /// Product, category and channel by number, 0 for none.
    var texts: (product: UInt32, category: UInt32, channel: UInt32) = (0, 0, 0)
    /// The order's number, or the 16 bytes of a hash of the content.
    var identity: ArenaBytes
    var hasOrderID: Bool
    /// The order that is refunded, or empty.
    var refundOf = ArenaBytes.none
    /// The account that was referred, or empty.
    var referred = ArenaBytes.none
  }

  /// What an item holds.
  enum Content {
    case event(Event)
    case consent(Consent, time: Int64)
    case fields(ArenaBytes)
  }

  /// Where a customer's items are, oldest first.
  static func places(_ customer: Int, in staging: ImportStaging, into places: inout [Int]) {
    places.removeAll(keepingCapacity: true)
    var place = Int(staging.heads[customer])
    while place != 0 {
      places.append(place)
      place = Int(staging.arena.fixed32(at: place))
    }
    places.reverse()
  }

  /// The item at a place.
  static func content(_ place: Int, in staging: ImportStaging, currency: CurrencyCode) -> Content {
    let bytes = unsafe staging.arena.bytes(from: place + 4)
    var cursor = unsafe ByteCursor(bytes)
    let tag = cursor.byte()
    let kind = Kind(rawValue: tag & 0x0F) ?? .fields
    if kind == .fields {
      return unsafe .fields(ArenaBytes(UnsafeRawBufferPointer(rebasing: bytes.dropFirst())))
    }
    let isDateOnly = tag & dateOnly != 0
    let written = cursor.zigzag()
    let time = isDateOnly ? written * 86_400 : written
    if kind == .consent {
      let state = ConsentState(rawValue: cursor.byte()) ?? .objected
      return .consent(
        Consent(
          state: state, purpose: UInt32(cursor.varint()), source: UInt32(cursor.varint()),
          textVersion: UInt32(cursor.varint())), time: time)
    }
    let hasOrderID = tag & orderID != 0
    let identity = unsafe ArenaBytes(cursor.bytes(hasOrderID ? Int(cursor.varint()) : 16))
    var event = Event(
      time: time, isDateOnly: isDateOnly, detail: .rating(BehaviorEvent.Rating()), identity: identity,
      hasOrderID: hasOrderID)
    decode(kind, &cursor, currency, into: &event)
    return .event(event)
  }

  private static func decode(
    _ kind: Kind, _ cursor: inout ByteCursor, _ currency: CurrencyCode, into event: inout Event
  ) {
    switch kind {
    case .transaction:
      let amount = cursor.zigzag()
      let packed =
        UInt32(cursor.byte()) << 24 | UInt32(cursor.byte()) << 16 | UInt32(cursor.byte()) << 8
        | UInt32(cursor.byte())
      event.detail = .transaction(
        BehaviorEvent.Transaction(
          amountMinor: amount, currency: packed == 0 ? currency : CurrencyCode(packed: packed) ?? currency))
      event.texts = (UInt32(cursor.varint()), UInt32(cursor.varint()), UInt32(cursor.varint()))
      event.refundOf = unsafe ArenaBytes(cursor.bytes(Int(cursor.varint())))
    case .rating:
      var parts: [Int64?] = []
      for _ in 0..<3 { parts.append(cursor.byte() == 0 ? nil : cursor.zigzag()) }
      event.detail = .rating(
        BehaviorEvent.Rating(productQuality: parts[0], serviceQuality: parts[1], priceSatisfaction: parts[2]))
    case .referral:
      let value = cursor.byte() == 0 ? nil : cursor.zigzag()
      event.detail = .referral(BehaviorEvent.Referral(referred: 0, valueMinor: value))
      event.referred = unsafe ArenaBytes(cursor.bytes(Int(cursor.varint())))
    case .factors:
      var factors = BehaviorEvent.Factors()
      let mask = cursor.byte()
      for name in BehaviorEvent.Factors.Name.allCases where mask & 1 << name.rawValue != 0 {
        factors[name] = Double(bitPattern: cursor.fixed64())
      }
      event.detail = .factors(factors)
    case .consent, .fields: break
    }
  }

  /// The fields of an item by number, in order.
  static func forEachField(
    _ content: ArenaBytes, _ body: (Int, ArenaBytes) throws -> Void
  ) rethrows {
    var cursor = unsafe ByteCursor(content.raw)
    for _ in 0..<cursor.byte() {
      let number = Int(cursor.byte())
      try body(number, unsafe ArenaBytes(cursor.bytes(Int(cursor.varint()))))
    }
  }
}
