import Sodium
import VaultTesting

@testable import Vault

/// Blocks of made-up slots, sealed without a vault.
enum BlockSamples {
  static let object = BlockAddress.Object(high: 7, low: 8)
  static let series = SlotSeries(.score, .scores, object: object, contentCount: 24)

  static func content(_ ordinal: UInt64, _ series: SlotSeries = series) -> [UInt8] {
    (0..<series.contentCount).map { UInt8(truncatingIfNeeded: ordinal &* 31 &+ UInt64($0)) }
  }

  /// The customer key of an ordinal.
  static func key(_ ordinal: UInt64) -> Key<CustomerKeyPurpose> {
    RecordSamples.key(UInt8(truncatingIfNeeded: ordinal &* 7 &+ 101))
  }

  /// An enciphered slot.
  static func slot(_ ordinal: UInt64, _ series: SlotSeries = series) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: series.slotCount)
    let (nonce, plain) = (SecureRandom.bytes(24), content(ordinal, series))
    let key = key(ordinal)
    unsafe out.withUnsafeMutableBufferPointer { out in
      unsafe nonce.withUnsafeBufferPointer { nonce in
        unsafe plain.withUnsafeBufferPointer { plain in
          unsafe key.withUnsafePointer { key in
            guard let out = out.baseAddress, let nonce = nonce.baseAddress, let plain = plain.baseAddress
            else {
              return
            }
            unsafe SlotCipher.encipher(
              plain, count: series.contentCount, ordinal: ordinal, kind: series.kind, customerKey: key,
              nonce: nonce, into: out)
          }
        }
      }
    }
    return out
  }

  /// A block with the slots of these ordinals.
  static func block(_ ordinals: [UInt64], _ series: SlotSeries = series) -> SlottedBlock {
    var block = SlottedBlock(series, containing: ordinals.first ?? 0)
    for ordinal in ordinals { block.put(slot(ordinal, series)[...], at: ordinal) }
    return block
  }

  /// Opens a seal.
  static func open(
    _ sealed: [UInt8], _ series: SlotSeries = series, first: UInt64 = 128, version: UInt64 = 4,
    vault: VaultID = RecordSamples.vault, classKey: UInt8 = 1
  ) throws(RecordError) -> SlottedBlock {
    var block = SlottedBlock(series, containing: 0)
    try block.load(
      sealed, first: first, version: version, vault: vault, classKey: RecordSamples.key(classKey))
    return block
  }

  /// A slot's content, or nil where it is empty.
  static func read(
    _ block: borrowing SlottedBlock, _ ordinal: UInt64, as other: UInt64? = nil,
    for receipt: consuming AccessReceipt? = nil
  ) throws(RecordError) -> [UInt8]? {
    var content = WipedBytes()
    let receipt = receipt ?? RecordSamples.receipt(subjects: .one(ordinal))
    guard try block.read(ordinal, customerKey: key(other ?? ordinal), for: receipt, into: &content) else {
      return nil
    }
    return RecordSamples.array(content)
  }
}
