import Sodium
import Testing

@testable import Vault

@Suite struct PermissionBlockTests {
  private func sealed() -> [UInt8] {
    var block = PermissionBlock(purpose: "marketing", containing: 2050)
    block.set(2048, isGranted: true, isObjected: false)
    block.set(3071, isGranted: false, isObjected: true)
    return block.seal(vault: RecordSamples.vault, version: 4, classKey: RecordSamples.key(1), epoch: 2)
  }

  private func open(
    _ sealed: [UInt8], purpose: String = "marketing", containing ordinal: UInt64 = 2050,
    vault: VaultID = RecordSamples.vault, version: UInt64 = 4, classKey: UInt8 = 1,
    for receipt: consuming AccessReceipt = RecordSamples.receipt([.consent], subjects: .none)
  ) throws(RecordError) -> PermissionBlock {
    try PermissionBlock.open(
      sealed.span, purpose: purpose, containing: ordinal, vault: vault, version: version,
      classKey: RecordSamples.key(classKey), for: receipt)
  }

  @Test func `bits survive sealing, each for its own ordinal`() throws {
    let block = try open(sealed())
    for ordinal in 2048..<3072 as Range<UInt64> {
      let bits = (block.isGranted(ordinal), block.isObjected(ordinal))
      #expect(bits == (ordinal == 2048, ordinal == 3071))
    }
  }

  @Test func `an ordinal of another block is not granted and counts as objected`() throws {
    let block = try open(sealed())
    for ordinal in [0, 2047, 3072, .max] as [UInt64] {
      let bits = (block.isGranted(ordinal), block.isObjected(ordinal))
      #expect(bits == (false, true))
    }
  }

  @Test func `a bit is the lowest first, granted before objected`() {
    var block = PermissionBlock(purpose: "marketing", containing: 0)
    block.set(0, isGranted: true, isObjected: false)
    block.set(9, isGranted: true, isObjected: true)
    let bytes = block.withBits { RecordSamples.array($0) + RecordSamples.array($1) }
    #expect(Array(bytes.prefix(3)) == [1, 2, 0])
    #expect(Array(bytes[128..<131]) == [0, 2, 0])
    block.set(9, isGranted: false, isObjected: false)
    let isClear = block.withBits { granted, objected in granted[1] == 0 && objected[1] == 0 }
    #expect(isClear)
  }

  @Test func `a block of another purpose, place, version, vault or key does not open`() {
    let bytes = sealed()
    #expect(throws: RecordError(.forged, "")) { _ = try open(bytes, purpose: "analytics") }
    #expect(throws: RecordError(.forged, "")) { _ = try open(bytes, containing: 1024) }
    #expect(throws: RecordError(.forged, "")) { _ = try open(bytes, version: 3) }
    #expect(throws: RecordError(.forged, "")) { _ = try open(bytes, vault: RecordSamples.otherVault) }
    #expect(throws: RecordError(.wrongKey, "")) { _ = try open(bytes, classKey: 2) }
  }

  @Test func `no flipped bit goes unnoticed`() {
    let bytes = sealed()
    for index in bytes.indices {
      var flipped = bytes
      flipped[index] ^= 0x10
      #expect(throws: RecordError.self) { _ = try open(flipped) }
    }
  }

  @Test func `a record under the same class key is no block`() {
    let record = RecordSealer(vault: RecordSamples.vault).seal(
      [UInt8](repeating: 0xFF, count: 255).span, at: RecordAddress(.consent, ordinal: 2048, version: 4),
      classKey: RecordSamples.key(1), customerKey: RecordSamples.key(101), epoch: 2)
    #expect(throws: RecordError(.wrongKey, "")) { _ = try open(record) }
  }

  @Test func `a receipt that does not cover consents opens no block`() {
    let bytes = sealed()
    #expect(throws: RecordError(.outOfScope, "")) {
      _ = try open(bytes, for: RecordSamples.receipt([.identity, .behavior]))
    }
  }

  @Test func `a block takes 256 bytes beside its seal`() {
    #expect(sealed().count == CommittedSeal.overhead + 256)
  }
}
