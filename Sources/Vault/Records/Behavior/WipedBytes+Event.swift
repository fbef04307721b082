import Sodium

extension WipedBytes {
  /// Writes one event as ``BehaviorChunk`` describes it, without its digest.
  mutating func append(_ event: BehaviorEvent, after previous: Int64, currency: CurrencyCode) {
    let dateFlag: UInt8 = event.isDateOnly ? 8 : 0
    let difference =
      event.isDateOnly
      ? BehaviorReader.day(of: event.time) - BehaviorReader.day(of: previous) : event.time - previous
    func tag(_ kind: BehaviorChunk.Kind, _ flags: (UInt8, Bool)...) -> UInt8 {
      flags.reduce(kind.rawValue | dateFlag) { $0 | ($1.1 ? $1.0 : 0) }
    }
    switch event.detail {
    case .transaction(let transaction):
      let which = transaction.which
      append(tag(.transaction, (0x10, transaction.currency != currency), (0x20, which != 0)))
      append(zigzag: difference)
      append(transaction, which: which, currency: currency)
    case .rating(let rating):
      let parts = [rating.productQuality, rating.serviceQuality, rating.priceSatisfaction]
      append(tag(.rating, (0x10, parts[0] != nil), (0x20, parts[1] != nil), (0x40, parts[2] != nil)))
      append(zigzag: difference)
      for part in parts { if let part { append(zigzag: part) } }
    case .referral(let referral):
      append(tag(.referral, (0x10, referral.valueMinor != nil)))
      append(zigzag: difference)
      append(fixed64: referral.referred)
      if let value = referral.valueMinor { append(zigzag: value) }
    case .interaction(let interaction):
      append(tag(.interaction, (0x10, interaction.channel != nil)))
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
      for shift in [16, 8, 0] as [UInt32] {
        append(UInt8(truncatingIfNeeded: transaction.currency.packed >> shift))
      }
    }
    guard which != 0 else { return }
    append(which)
    for text in [transaction.product, transaction.category, transaction.channel] {
      if let text { append(varint: UInt64(text)) }
    }
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
