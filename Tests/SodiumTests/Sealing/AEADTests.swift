import Sodium
import Testing

@Suite("Authenticated encryption")
struct AEADTests {
  private let nonce = counting(from: 64, count: 24)
  private let data = Array("bound to this".utf8)
  private let plaintext = Array("sunscreen".utf8)

  private func seal() throws -> [UInt8] {
    AEAD.seal(
      plaintext.span, key: try countingKey(ClassKey.self), nonce: nonce, associatedData: data.span)
  }

  private func refusalToOpen(
    _ sealed: [UInt8], keyFrom first: UInt8 = 0, nonce: [UInt8]? = nil, data: [UInt8]? = nil
  ) throws -> SodiumError.Code? {
    let key = try countingKey(ClassKey.self, from: first)
    let data = data ?? self.data
    return refusal { () throws(SodiumError) in
      _ = try AEAD.open(
        sealed.span, key: key, nonce: nonce ?? self.nonce, associatedData: data.span)
    }
  }

  @Test("What was sealed opens again")
  func opens() throws {
    let sealed = try seal()
    #expect(sealed.count == plaintext.count + AEAD.tagByteCount)
    let opened = try AEAD.open(
      sealed.span, key: countingKey(ClassKey.self), nonce: nonce, associatedData: data.span)
    #expect(opened.copy() == plaintext)
  }

  @Test("Nothing at all can be sealed, with nothing bound to it")
  func empty() throws {
    let none: [UInt8] = []
    let key = try countingKey(ClassKey.self)
    let sealed = AEAD.seal(none.span, key: key, nonce: nonce, associatedData: none.span)
    let opened = try AEAD.open(sealed.span, key: key, nonce: nonce, associatedData: none.span)
    #expect(opened.copy().isEmpty)
  }

  @Test("Any changed byte is found")
  func flipped() throws {
    let sealed = try seal()
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 0x80
      #expect(try refusalToOpen(changed) == .forged)
    }
  }

  @Test("Another key, nonce or associated data does not open")
  func bound() throws {
    let sealed = try seal()
    #expect(try refusalToOpen(sealed) == nil)
    #expect(try refusalToOpen(sealed, keyFrom: 1) == .forged)
    #expect(try refusalToOpen(sealed, nonce: counting(count: 24)) == .forged)
    #expect(try refusalToOpen(sealed, data: []) == .forged)
  }

  @Test("Sealed bytes without a whole tag, and a nonce of another length, are refused as that")
  func lengths() throws {
    let sealed = try seal()
    #expect(try refusalToOpen(Array(sealed.prefix(15))) == .truncated)
    #expect(try refusalToOpen([]) == .truncated)
    #expect(try refusalToOpen(Array(sealed.dropLast())) == .forged)
    #expect(try refusalToOpen(sealed, nonce: counting(count: 23)) == .wrongLength)
  }

  @Test("Fresh nonces differ")
  func nonces() {
    #expect(AEAD.randomNonce().count == AEAD.nonceByteCount)
    #expect(AEAD.randomNonce() != AEAD.randomNonce())
  }

  @Test("The keystream is that of another implementation, and takes itself back")
  func stream() {
    // Computed in Python: HChaCha20 by hand, ChaCha20 of the cryptography package.
    let expected =
      "85ee3116337d23c62215345c52264d7f3c6e8a9359304fdc8453180483ac16663fb7048e486198e54eb811953bf0dc76"
    var bytes = [UInt8](repeating: 0, count: 48)
    unsafe XChaCha20.stream(into: &bytes, count: 48, nonce: nonce, key: counting())
    #expect(Hex.encode(bytes) == expected)
    var taken = [UInt8](repeating: 1, count: 48)
    unsafe XChaCha20.xor(bytes, count: 48, into: &taken, nonce: nonce, key: counting())
    #expect(taken == [UInt8](repeating: 0, count: 48))
  }
}
