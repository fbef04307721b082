import Sodium
import Testing

@testable import Vault

@Suite struct RecordSealingTests {
  private let sealer = RecordSealer(vault: RecordSamples.vault)
  private let opener = RecordOpener(vault: RecordSamples.vault)
  private let address = RecordAddress(.identity, ordinal: 7, chunk: 0, version: 3)
  private let plaintext = Array("{\"not\":\"for everybody\"}".utf8)

  private func seal(epoch: UInt32 = 2) -> [UInt8] {
    sealer.seal(
      plaintext.span, at: address, classKey: RecordSamples.key(1), customerKey: RecordSamples.key(101),
      epoch: epoch)
  }

  private func open(
    _ sealed: [UInt8], at address: RecordAddress, with opener: RecordOpener? = nil, classKey: UInt8 = 1,
    customerKey: UInt8 = 101, for receipt: consuming AccessReceipt = RecordSamples.receipt()
  ) throws(RecordError) -> [UInt8] {
    var opened = WipedBytes()
    do {
      try (opener ?? self.opener).open(
        sealed.span, at: address, classKey: RecordSamples.key(classKey),
        customerKey: RecordSamples.key(customerKey), for: receipt, into: &opened)
    } catch {
      let count = opened.count
      #expect(count == 0)
      throw error
    }
    return RecordSamples.array(opened)
  }

  @Test func `a sealed record opens where it belongs`() throws {
    let sealed = seal()
    #expect(try open(sealed, at: address) == plaintext)
    #expect(try RecordOpener.epoch(of: sealed.span) == 2)
    #expect(seal() != sealed)
  }

  @Test func `a record's length says only its length rounded up`() {
    let lengths = Set(
      (0..<32).map { count in
        sealer.seal(
          [UInt8](repeating: 1, count: count).span, at: address, classKey: RecordSamples.key(1),
          customerKey: RecordSamples.key(101), epoch: 1
        ).count
      })
    #expect(lengths == [CommittedSeal.overhead + 32])
  }

  @Test(arguments: [
    RecordAddress(.profile, ordinal: 7, chunk: 0, version: 3),
    RecordAddress(.identity, ordinal: 7, chunk: 1, version: 3),
    RecordAddress(.identity, ordinal: 7, chunk: 0, version: 2),
    RecordAddress(.identity, ordinal: 7, chunk: 0, version: 3, schema: 2),
  ])
  func `a record that was moved to another class, chunk, version or schema does not open`(
    _ other: RecordAddress
  ) {
    let sealed = seal()
    #expect(throws: RecordError(.forged, "")) { try open(sealed, at: other) }
  }

  @Test func `a record that was moved to another customer does not open under either key`() {
    let sealed = seal()
    let other = RecordAddress(.identity, ordinal: 8, version: 3)
    #expect(throws: RecordError(.forged, "")) {
      try open(sealed, at: other, for: RecordSamples.receipt(subjects: .one(8)))
    }
    #expect(throws: RecordError(.wrongKey, "")) {
      try open(sealed, at: other, customerKey: 150, for: RecordSamples.receipt(subjects: .one(8)))
    }
  }

  @Test func `a record of another vault does not open`() {
    let sealed = seal()
    #expect(throws: RecordError(.forged, "")) {
      try open(sealed, at: address, with: RecordOpener(vault: RecordSamples.otherVault))
    }
  }

  @Test func `a record that names another epoch does not open`() {
    var sealed = seal(epoch: 2)
    sealed[5] = 3
    #expect(throws: RecordError(.forged, "")) { try open(sealed, at: address) }
  }

  @Test func `neither half of the key opens a record alone`() {
    let sealed = seal()
    #expect(throws: RecordError(.wrongKey, "")) { try open(sealed, at: address, classKey: 2) }
    #expect(throws: RecordError(.wrongKey, "")) { try open(sealed, at: address, customerKey: 102) }
  }

  @Test func `no flipped bit and no cut goes unnoticed`() {
    let sealed = seal()
    for index in sealed.indices {
      for bit in 0..<8 {
        var flipped = sealed
        flipped[index] ^= 1 << UInt8(bit)
        #expect(throws: RecordError.self) { try open(flipped, at: address) }
      }
      #expect(throws: RecordError.self) { try open(Array(sealed.prefix(index)), at: address) }
    }
    #expect(throws: RecordError.self) { try open(sealed + [0], at: address) }
  }

  @Test func `a receipt for another class or customer opens nothing, although both keys are there`() {
    let sealed = seal()
    #expect(throws: RecordError(.outOfScope, "")) {
      try open(sealed, at: address, for: RecordSamples.receipt([.profile, .consent]))
    }
    #expect(throws: RecordError(.outOfScope, "")) {
      try open(sealed, at: address, for: RecordSamples.receipt(subjects: .one(8)))
    }
    #expect(throws: RecordError(.outOfScope, "")) {
      try open(sealed, at: address, for: RecordSamples.receipt(subjects: .none))
    }
  }

  @Test func `the raw form opens the same without allocating`() throws {
    let sealed = seal()
    let classKey = RecordSamples.key(1, as: ClassKeyPurpose.self)
    let customerKey = RecordSamples.key(101, as: CustomerKeyPurpose.self)
    let address = address
    var out = WipedBytes(capacity: sealed.count)
    unsafe out.appendUnsafe(upTo: sealed.count - CommittedSeal.overhead) { out in
      unsafe classKey.withUnsafePointer { classKey in
        unsafe customerKey.withUnsafePointer { customerKey in
          unsafe sealed.withUnsafeBufferPointer { sealed in
            unsafe RecordOpener.rawOpen(
              sealed.baseAddress, count: sealed.count, at: address, vault: RecordSamples.vault,
              classKey: classKey, customerKey: customerKey, into: out)
          }
        }
      }
    }
    #expect(RecordSamples.array(out) == plaintext)
  }
}
