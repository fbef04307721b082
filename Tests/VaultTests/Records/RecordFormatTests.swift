import Sodium
import Testing

@testable import Vault

/// Known answers, to be reproduced by other implementations: keys are ascending bytes (class key from 0x01,
/// customer key from 0x65, roots from 0x31), the vault id is a0 to af, the nonce c0 to d7. The same values come
/// out of Python's `hashlib.blake2b` and PyNaCl's XChaCha20-Poly1305.
@Suite struct RecordFormatTests {
  private let nonce = (0..<24).map { 0xC0 + UInt8($0) }

  @Test func `a record's associated data is laid out as the format says`() {
    let address = RecordAddress(
      .behavior, ordinal: 0x0102_0304_0506_0708, chunk: 0x0A0B_0C0D, version: 0x1112_1314_1516_1718,
      schema: 0x2122)
    let bytes = AssociatedData.withBytes(of: address, vault: RecordSamples.vault, epoch: 0x3132_3334) {
      RecordSamples.array($0)
    }
    #expect(
      RecordSamples.hex(bytes) == "0101" + "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf" + "03" + "0102030405060708"
        + "0a0b0c0d" + "1112131415161718" + "31323334" + "2122")
  }

  @Test func `a block's associated data is laid out as the format says`() {
    let address = BlockAddress(
      .consent, kind: .permission, object: PermissionBlock.object(ofPurpose: "marketing"),
      firstOrdinal: 0x0102_0304_0506_0400, version: 5)
    let bytes = AssociatedData.withBytes(of: address, vault: RecordSamples.vault, epoch: 6) {
      RecordSamples.array($0)
    }
    #expect(
      RecordSamples.hex(bytes) == "0101" + "a0a1a2a3a4a5a6a7a8a9aaabacadaeaf" + "04" + "01"
        + "4363697bd3389c37db9a70d850639470" + "0102030405060400" + "0000000000000005" + "00000006" + "0001")
  }

  @Test func `a sealed record is a known answer`() {
    let plaintext = Array("crmvault".utf8)
    let sealer = RecordSealer(vault: RecordSamples.vault)
    let address = RecordAddress(.identity, ordinal: 7, version: 3)
    let classKey = RecordSamples.key(1, as: ClassKeyPurpose.self)
    let customerKey = RecordSamples.key(101, as: CustomerKeyPurpose.self)
    let sealed = unsafe classKey.withUnsafePointer { classKey in
      unsafe customerKey.withUnsafePointer { customerKey in
        unsafe sealer.seal(
          plaintext, count: plaintext.count, at: address, classKey: classKey, customerKey: customerKey,
          epoch: 2, nonce: nonce)
      }
    }
    let parts = [
      "010100000002c0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d74823bb6cda14263e9194f016147e0b",
      "cc1a1bf8effc8e0de01c528cd68244d290949443078d06c93e8c0f83dba1316352dff6ff03e2319c2ee8cecfa8",
      "77d6815c2991de477a7ca52afc588da08ca1a46d",
    ]
    #expect(RecordSamples.hex(sealed) == parts.joined())
  }

  @Test func `a blind index is a known answer`() {
    let root = RecordSamples.key(0x31, as: IndexRootPurpose.self)
    let value = Array("+8613800138000".utf8)
    let phone = BlindIndex.fieldKey(of: .phone, epoch: 2, root: root)
    #expect(
      BlindIndex.inner(value.span, key: phone).description
        == "75b3d4af68edef01484cd2a45a386bc33c4cd376a5fd68bc9f39f24b070a5154")
    let account = BlindIndex.fieldKey(of: .account(source: "shop"), epoch: 2, root: root)
    #expect(
      BlindIndex.inner(value.span, key: account).description
        == "497a6b7de116c52777c8f647625ea160f4cb53ec5a37163b7eb2303e16d130c6")
  }

  @Test func `an order digest is a known answer`() {
    let key = OrderDigest.key(root: RecordSamples.key(0x31))
    let order = Array("order-1".utf8)
    #expect(
      OrderDigest.digest(ordinal: 7, source: "shop", orderID: order.span, key: key) == 0xA2F1_612D_3D88_3ED4)
    #expect(
      OrderDigest.digest(ordinal: 7, source: "shop", content: order.span, occurrence: 1, key: key)
        == 0x5334_4838_6B29_E722)
  }
}
