import Sodium
import Testing

@testable import Vault

/// One block: its seal, and its slots.
struct SlottedBlockTests {
  private static let ordinals: [UInt64] = [128, 130, 255]

  private static func sealed(_ series: SlotSeries = BlockSamples.series, version: UInt64 = 4) -> [UInt8] {
    BlockSamples.block(ordinals, series).seal(
      vault: RecordSamples.vault, version: version, classKey: RecordSamples.key(1), epoch: 2)
  }

  @Test func `every slot opens under its own customer's key, and empty ones are empty`() throws {
    let block = try BlockSamples.open(Self.sealed())
    for ordinal in 128..<256 as Range<UInt64> {
      let content = try BlockSamples.read(block, ordinal)
      #expect(content == (Self.ordinals.contains(ordinal) ? BlockSamples.content(ordinal) : nil))
    }
    let outside = try BlockSamples.read(block, 256)
    #expect(outside == nil)
  }

  @Test func `a slot does not open under another customer's key`() throws {
    let block = try BlockSamples.open(Self.sealed())
    #expect(throws: RecordError(.forged, "")) { _ = try BlockSamples.read(block, 130, as: 128) }
  }

  @Test func `a slot in another customer's place is refused, under either key`() throws {
    var block = BlockSamples.block([128])
    block.put(BlockSamples.slot(128)[...], at: 131)
    #expect(throws: RecordError(.forged, "")) { _ = try BlockSamples.read(block, 131) }
    #expect(throws: RecordError(.forged, "")) { _ = try BlockSamples.read(block, 131, as: 128) }
  }

  @Test func `a slot of one kind is none of another`() throws {
    let ledger = SlotSeries(.score, .ledger, object: BlockSamples.object, contentCount: 24)
    var block = SlottedBlock(ledger, containing: 128)
    block.put(BlockSamples.slot(128)[...], at: 128)
    #expect(throws: RecordError(.forged, "")) { _ = try BlockSamples.read(block, 128) }
  }

  @Test func `a receipt without the class or the customer opens no slot`() throws {
    let block = try BlockSamples.open(Self.sealed())
    #expect(throws: RecordError(.outOfScope, "")) {
      _ = try BlockSamples.read(block, 128, for: RecordSamples.receipt([.behavior], subjects: .one(128)))
    }
    #expect(throws: RecordError(.outOfScope, "")) {
      _ = try BlockSamples.read(block, 128, for: RecordSamples.receipt(subjects: .one(130)))
    }
  }

  @Test func `another object, kind, class, place, version, vault or key does not open the seal`() throws {
    let (sealed, series) = (Self.sealed(), BlockSamples.series)
    let other = BlockAddress.Object(high: 7, low: 9)
    let relabelled = [
      SlotSeries(.score, .scores, object: other, contentCount: series.contentCount),
      SlotSeries(.score, .ledger, object: series.object, contentCount: series.contentCount),
      SlotSeries(.behavior, .scores, object: series.object, contentCount: series.contentCount),
    ]
    for series in relabelled {
      #expect(throws: RecordError(.forged, "")) { _ = try BlockSamples.open(sealed, series) }
    }
    #expect(throws: RecordError(.forged, "")) { _ = try BlockSamples.open(sealed, first: 256) }
    #expect(throws: RecordError(.forged, "")) { _ = try BlockSamples.open(sealed, version: 3) }
    #expect(throws: RecordError(.forged, "")) {
      _ = try BlockSamples.open(sealed, vault: RecordSamples.otherVault)
    }
    #expect(throws: RecordError(.wrongKey, "")) { _ = try BlockSamples.open(sealed, classKey: 2) }
    let longer = SlotSeries(series.dataClass, series.kind, object: series.object, contentCount: 25)
    #expect(throws: RecordError(.malformed, "")) { _ = try BlockSamples.open(sealed, longer) }
  }

  @Test func `a record under the same class key is no block of slots`() throws {
    let record = RecordSealer(vault: RecordSamples.vault).seal(
      [UInt8](repeating: 1, count: 64).span, at: RecordAddress(.score, ordinal: 128, version: 4),
      classKey: RecordSamples.key(1), customerKey: RecordSamples.key(101), epoch: 2)
    #expect(throws: RecordError(.malformed, "")) { _ = try BlockSamples.open(record) }
  }

  @Test func `no flipped bit goes unnoticed`() {
    let bytes = Self.sealed()
    for index in stride(from: 0, to: bytes.count, by: bytes.count / 400) {
      for pattern in [1, 0x10, 0xFF] as [UInt8] {
        var flipped = bytes
        flipped[index] ^= pattern
        #expect(throws: RecordError.self) { _ = try BlockSamples.open(flipped) }
      }
    }
  }

  @Test func `one slot changes and the others are carried over as they are`() throws {
    var block = try BlockSamples.open(Self.sealed())
    var cleared: [Bool] = []
    for ordinal in [130, 130, 129, 500] as [UInt64] { cleared.append(block.clear(ordinal)) }
    #expect(cleared == [true, false, false, false])
    block.put(BlockSamples.slot(129)[...], at: 129)
    var read: [[UInt8]?] = []
    for ordinal in 128...131 as ClosedRange<UInt64> { read.append(try BlockSamples.read(block, ordinal)) }
    #expect(read == [BlockSamples.content(128), BlockSamples.content(129), nil, nil])
  }

  @Test func `the worked example of the formats page comes out byte for byte`() throws {
    var slot = [UInt8](repeating: 0, count: 40)
    let (nonce, content) = ((0..<24).map { UInt8(0xC0 + $0) }, Array("crmvault".utf8))
    let key: Key<CustomerKeyPurpose> = RecordSamples.key(101)
    unsafe slot.withUnsafeMutableBufferPointer { out in
      unsafe nonce.withUnsafeBufferPointer { nonce in
        unsafe content.withUnsafeBufferPointer { content in
          unsafe key.withUnsafePointer { key in
            guard let out = out.baseAddress, let nonce = nonce.baseAddress, let plain = content.baseAddress
            else { return }
            unsafe SlotCipher.encipher(
              plain, count: 8, ordinal: 7, kind: .scores, customerKey: key, nonce: nonce, into: out)
          }
        }
      }
    }
    #expect(
      RecordSamples.hex(slot)
        == "c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d70d9811d6ec8ee74fd76da2db9dd41bc6")
  }
}
