import Sodium

extension WipedBytes {
  /// Writes one event as ``BehaviorChunk`` describes it, without its digest.
  mutating func append(_ event: BehaviorEvent, after previous: Int64, currency: CurrencyCode) {
    let dateFlag: UInt8 = event.isDateOnly ? 8 : 0
    let difference =
      event.isDateOnly
      ? BehaviorReader.day(of: event.time) - BehaviorReader.day(of: previous) : event.time - previous
    func tag(
      _ kind: BehaviorChunk.Kind, _ bit4: Bool = false, _ bit5: Bool = false, _ bit6: Bool = false
    ) -> UInt8 {
      kind.rawValue | dateFlag | (bit4 ? 0x10 : 0) | (bit5 ? 0x20 : 0) | (bit6 ? 0x40 : 0)
    }
    switch event.detail {
    case .transaction(let transaction):
      let which = transaction.which
      append(tag(.transaction, transaction.currency != currency, which != 0))
      append(zigzag: difference)
      append(transaction, which: which, currency: currency)
    case .rating(let rating):
      let (product, service, price) = (rating.productQuality, rating.serviceQuality, rating.priceSatisfaction)
      append(tag(.rating, product != nil, service != nil, price != nil))
      append(zigzag: difference)
      if let product { append(zigzag: product) }
      if let service { append(zigzag: service) }
      if let price { append(zigzag: price) }
    case .referral(let referral):
      append(tag(.referral, referral.valueMinor != nil))
      append(zigzag: difference)
      append(fixed64: referral.referred)
      if let value = referral.valueMinor { append(zigzag: value) }
    case .interaction(let interaction):
      append(tag(.interaction, interaction.channel != nil))
      append(zigzag: difference)
      append(varint: UInt64(interaction.kind))
      if let channel = interaction.channel { append(varint: UInt64(channel)) }
    case .factors(let factors):
      append(tag(.factors))
      append(zigzag: difference)
      append(factors.mask)
      for name in BehaviorEvent.Factors.Name.allCases {
        if let value = factors[name] { append(fixed64: value.bitPattern) }
      }
    }
  }

  private mutating func append(
    _ transaction: BehaviorEvent.Transaction, which: UInt8, currency: CurrencyCode
  ) {
    append(zigzag: transaction.amountMinor)
    if transaction.currency != currency {
      append(UInt8(truncatingIfNeeded: transaction.currency.packed >> 16))
      append(UInt8(truncatingIfNeeded: transaction.currency.packed >> 8))
      append(UInt8(truncatingIfNeeded: transaction.currency.packed))
    }
    guard which != 0 else { return }
    append(which)
    if let product = transaction.product { append(varint: UInt64(product)) }
    if let category = transaction.category { append(varint: UInt64(category)) }
    if let channel = transaction.channel { append(varint: UInt64(channel)) }
    if let refunded = transaction.refundOf { append(fixed64: refunded) }
  }
}

extension BehaviorEvent.Transaction {
  fileprivate var which: UInt8 {
    (product == nil ? 0 : BehaviorChunk.TransactionText.product)
      | (category == nil ? 0 : BehaviorChunk.TransactionText.category)
      | (channel == nil ? 0 : BehaviorChunk.TransactionText.channel)
      | (refundOf == nil ? 0 : BehaviorChunk.TransactionText.refund)
  }
}
