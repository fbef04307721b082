extension ImportRow {
  /// Lends the canonical bytes of the event's content, from which a vault recognizes the same event again
  /// where it has no order id. The bytes lie in the reader's wiped buffer. Nil where the row has no event.
  ///
  /// Two rows have the same bytes if and only if their events say the same; how the file wrote it (`5` or
  /// `5.00`, an offset or UTC, CSV or JSON) makes no difference. The account is not part of it. Layout, all
  /// integers big-endian: version 1 u8, kind u8 (1 transaction, 2 rating, 3 referral, 4 consent, 5 factors),
  /// then the event's fields in the order of its declaration. A time is precision u8 and seconds i64; a text
  /// is length u32 and bytes; a currency is its packed u32; a state is u8; a number is i64, or the bits of a
  /// `Double` (minus zero as zero). An optional field begins with 1 where it is there and is the byte 0
  /// where it is not.
  public borrowing func withEventContent<Result, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result? {
    guard let event else { return nil }
    var writer = unsafe ContentWriter(base: base, capacity: capacity)
    writer.put(1 as UInt8)
    switch event {
    case .transaction(let event):
      writer.put(1 as UInt8)
      writer.put(event.time)
      writer.put(event.amountMinor)
      writer.put(event.currency.rawValue)
      writer.put(event.product)
      writer.put(event.category)
      writer.put(event.channel)
      writer.put(event.orderID)
      writer.put(event.refundOf)
    case .rating(let event):
      writer.put(2 as UInt8)
      writer.put(event.time)
      writer.put(event.productQuality)
      writer.put(event.serviceQuality)
      writer.put(event.priceSatisfaction)
    case .referral(let event):
      writer.put(3 as UInt8)
      writer.put(event.time)
      writer.put(text: event.referredAccount)
      writer.put(event.valueMinor)
      writer.put(event.currency.rawValue)
    case .consent(let event):
      writer.put(4 as UInt8)
      writer.put(event.time)
      writer.put(text: event.purpose)
      writer.put(event.state.rawValue)
      writer.put(event.source)
      writer.put(event.textVersion)
    case .factors(let event):
      writer.put(5 as UInt8)
      for factor in event.all { writer.put(factor.map { Int64(bitPattern: ($0 + 0).bitPattern) }) }
    }
    return try withText(writer.written, body)
  }
}

/// Writes into the content area of the reader's buffer. Every event fits: its texts have limits.
@safe private struct ContentWriter {
  let base: UnsafeMutablePointer<UInt8>
  let capacity: Int
  var end = RowBuffer.contentStart

  init(base: UnsafeMutablePointer<UInt8>, capacity: Int) {
    unsafe self.base = base
    self.capacity = capacity
  }

  var written: ImportText {
    ImportText(offset: RowBuffer.contentStart, count: end - RowBuffer.contentStart)
  }

  mutating func put<Value: FixedWidthInteger>(_ value: Value) {
    var shift = Value.bitWidth
    while shift > 0 {
      shift -= 8
      append(UInt8(truncatingIfNeeded: value >> Value(shift)))
    }
  }

  mutating func put(_ time: ImportTime) {
    put(time.precision.rawValue)
    put(time.seconds)
  }

  mutating func put(_ number: Int64?) {
    put(UInt8(number == nil ? 0 : 1))
    if let number { put(number) }
  }

  mutating func put(_ text: ImportText?) {
    put(UInt8(text == nil ? 0 : 1))
    if let text { put(text: text) }
  }

  mutating func put(text: ImportText) {
    put(UInt32(text.count))
    precondition(text.end <= capacity && end + text.count <= capacity)
    unsafe (base + end).update(from: base + text.start, count: text.count)
    end += text.count
  }

  private mutating func append(_ byte: UInt8) {
    precondition(end < capacity)
    unsafe base[end] = byte
    end += 1
  }
}
