import Sodium
import Testing

@Suite("Signatures")
struct SigningTests {
  private let message = Array("a checkpoint".utf8)

  @Test("A seed gives the key and the signature of RFC 8032 section 7.1, test 2")
  func knownAnswer() throws {
    let seedBytes = try Hex.decode("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    let seed = try Key<SeedPurpose>.copying(seedBytes.span)
    let key = SigningKey(seed: seed)
    #expect(
      key.publicKey.description == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    let message: [UInt8] = [0x72]
    let signature = key.sign(message)
    #expect(
      Hex.encode(signature)
        == "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
    #expect(key.publicKey.verifies(signature, of: message))
  }

  @Test("A signature holds for its message and its key, and for no other")
  func verifies() {
    let key = SigningKey.generate()
    let signature = key.sign(message)
    #expect(key.publicKey.verifies(signature, of: message))

    var other = message
    other[0] ^= 1
    #expect(!key.publicKey.verifies(signature, of: other))
    #expect(!SigningKey.generate().publicKey.verifies(signature, of: message))
  }

  @Test("A signature with any byte changed does not verify")
  func flipped() {
    let key = SigningKey.generate()
    let signature = key.sign(message)
    for index in signature.indices {
      var changed = signature
      changed[index] ^= 1
      #expect(!key.publicKey.verifies(changed, of: message))
    }
  }

  @Test("A signature of another length does not verify", arguments: [0, 63, 65, 128])
  func wrongLength(count: Int) {
    let key = SigningKey.generate()
    let signature = Array((key.sign(message) + key.sign(message)).prefix(count))
    #expect(!key.publicKey.verifies(signature, of: message))
  }

  @Test("The seed that a key gives out makes the same key again")
  func seed() {
    let key = SigningKey.generate()
    let again = SigningKey(seed: key.seed())
    #expect(again.publicKey == key.publicKey)
    #expect(again.sign(message) == key.sign(message))
  }

  @Test("An empty message can be signed")
  func empty() {
    let none: [UInt8] = []
    let key = SigningKey.generate()
    let signature = key.sign(none)
    #expect(key.publicKey.verifies(signature, of: none))
  }

  @Test("A verifying key is 32 bytes, and under the point of order one nothing verifies")
  func verifyingKey() throws {
    #expect(VerifyingKey(counting(count: 31)) == nil)
    let key = SigningKey.generate().publicKey
    #expect(VerifyingKey(key.bytes) == key)
    let identity = try #require(VerifyingKey([1] + [UInt8](repeating: 0, count: 31)))
    let forged = [1] + [UInt8](repeating: 0, count: 63)
    #expect(!identity.verifies(forged, of: message))
  }
}
