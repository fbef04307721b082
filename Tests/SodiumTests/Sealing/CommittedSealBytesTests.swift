import Sodium
import Testing

@Suite("Bytes of committed seals")
struct CommittedSealBytesTests {
  // Computed in Python: hashlib's BLAKE2b, HChaCha20 by hand, ChaCha20-Poly1305 of the cryptography package;
  // keys 00..1f and 20..3f, nonce 40..57, epoch 7, associated data "associated", plaintext "sunscreen".
  private static let record =
    "010100000007404142434445464748494a4b4c4d4e4f5051525354555657f1dc57745b50d14fe1f2b6ffa89957ee1185328f"
    + "573089d9fe0f5e9d32f656825eaa415877af250f3ee0958a6f8c715fb964945fe5614c5a9e6dee15db10937f4c431314c5"
    + "9c1f5a47b8fa03ef33ac0c"
  private static let block =
    "010100000007404142434445464748494a4b4c4d4e4f505152535455565713debb37256366c731000c83296f70a62e40f1ad"
    + "7b10621e9f40a3db0837b765a4b482b9a816593f22f2e08c8876bbf12a15bbf4f3a461daa5"

  private let classKey = counting()
  private let customerKey = counting(from: 32)
  private let nonce = counting(from: 64, count: 24)
  private let data = Array("associated".utf8)
  private let plaintext = Array("sunscreen".utf8)
  private let recordString: StaticString = "crmvault-record1"
  private let blockString: StaticString = "crmvault-block-1"

  @Test("A sealed record has the bytes that another implementation gives")
  func record() {
    var sealed = [UInt8](repeating: 0, count: CommittedSeal.sealedCount(plaintext.count, pad: true))
    let count = unsafe CommittedSeal.rawSeal(
      plaintext, count: plaintext.count, classKey: classKey, customerKey: customerKey,
      personal: recordString.utf8Start, epoch: 7, nonce: nonce, associatedData: data,
      associatedCount: data.count, pad: true, into: &sealed)
    #expect(count == sealed.count)
    #expect(Hex.encode(sealed) == Self.record)
  }

  @Test("A block, without a customer's key, has the bytes that another implementation gives")
  func block() {
    var sealed = [UInt8](repeating: 0, count: CommittedSeal.sealedCount(plaintext.count, pad: false))
    let count = unsafe CommittedSeal.rawSeal(
      plaintext, count: plaintext.count, classKey: classKey, customerKey: nil,
      personal: blockString.utf8Start, epoch: 7, nonce: nonce, associatedData: data,
      associatedCount: data.count, pad: false, into: &sealed)
    #expect(count == sealed.count)
    #expect(Hex.encode(sealed) == Self.block)
  }

  @Test("The raw form opens what another implementation sealed, and keeps to its room")
  func rawOpen() throws {
    let sealed = try Hex.decode(Self.record)
    var out = [UInt8](repeating: 0xEE, count: 40)
    let count = unsafe CommittedSeal.rawOpen(
      sealed, count: sealed.count, classKey: classKey, customerKey: customerKey,
      personal: recordString.utf8Start, associatedData: data, associatedCount: data.count, pad: true,
      into: &out)
    #expect(count == plaintext.count)
    #expect(Array(out.prefix(count)) == plaintext)
    #expect(out[32...] == [UInt8](repeating: 0xEE, count: 8)[...])
  }

  @Test("The raw form names why it opened nothing, and leaves no plaintext behind")
  func rawRefusals() throws {
    let sealed = try Hex.decode(Self.record)
    var changed = sealed
    changed[70] ^= 1
    var old = sealed
    old[0] = 0
    let cases: [(sealed: [UInt8], key: [UInt8], failure: CommittedSeal.Failure)] = [
      (Array(sealed.prefix(77)), classKey, .truncated), (old, classKey, .unknownFormat),
      (sealed, customerKey, .wrongKey), (changed, classKey, .forged),
    ]
    for (sealed, key, failure) in cases {
      var out = [UInt8](repeating: 0, count: 40)
      let count = unsafe CommittedSeal.rawOpen(
        sealed, count: sealed.count, classKey: key, customerKey: customerKey,
        personal: recordString.utf8Start, associatedData: data, associatedCount: data.count, pad: true,
        into: &out)
      #expect(CommittedSeal.Failure(rawValue: count) == failure)
      #expect(out == [UInt8](repeating: 0, count: 40))
    }
  }

  @Test("A seal whose padding is wrong opens to nothing, although it authenticates")
  func rawMalformedPadding() {
    let padded = [UInt8](repeating: 0x11, count: 32)
    var sealed = [UInt8](repeating: 0, count: CommittedSeal.sealedCount(padded.count, pad: false))
    _ = unsafe CommittedSeal.rawSeal(
      padded, count: padded.count, classKey: classKey, customerKey: customerKey,
      personal: recordString.utf8Start, epoch: 7, associatedData: data, associatedCount: data.count,
      pad: false, into: &sealed)
    var out = [UInt8](repeating: 0xEE, count: 32)
    let count = unsafe CommittedSeal.rawOpen(
      sealed, count: sealed.count, classKey: classKey, customerKey: customerKey,
      personal: recordString.utf8Start, associatedData: data, associatedCount: data.count, pad: true,
      into: &out)
    #expect(CommittedSeal.Failure(rawValue: count) == .malformedPadding)
    #expect(out == [UInt8](repeating: 0, count: 32))
  }

  @Test("Every failure of the raw form has its error")
  func errors() {
    let codes: [(CommittedSeal.Failure, SodiumError.Code)] = [
      (.truncated, .truncated), (.unknownFormat, .unknownFormat), (.wrongKey, .wrongKey),
      (.forged, .forged), (.malformedPadding, .malformed),
    ]
    for (failure, code) in codes { #expect(CommittedSeal.error(of: failure).code == code) }
  }
}
