import Sodium
import Testing

@Suite("Sealed boxes")
struct SealedBoxTests {
  private let plaintext = Array("sunscreen".utf8)

  @Test("A secret gives the public key that another implementation computes")
  func publicKey() throws {
    // Computed with OpenSSL through Python's cryptography package.
    let pair = SealedBox.KeyPair(secret: try countingKey(X25519SecretPurpose.self))
    #expect(
      pair.publicKey.description == "8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f")
  }

  @Test("A box that PyNaCl sealed opens")
  func knownAnswer() throws {
    let pair = SealedBox.KeyPair(secret: try countingKey(X25519SecretPurpose.self))
    let sealed = try Hex.decode(
      "e3cfbd6165415ca8290cab07b65db6343a610bc626a65984bf155997cd82e548"
        + "d1a45dcd6862aa4555cb71aa4b92396cf419c5a9d18f43ef71")
    #expect(try SealedBox.open(sealed.span, with: pair).copy() == plaintext)
  }

  @Test("A box opens for the holder of the secret, and for nobody else")
  func opens() throws {
    let pair = SealedBox.KeyPair.generate()
    let sealed = try SealedBox.seal(plaintext.span, to: pair.publicKey)
    #expect(sealed.count == plaintext.count + SealedBox.overhead)
    #expect(try SealedBox.open(sealed.span, with: pair).copy() == plaintext)
    let other = SealedBox.KeyPair.generate()
    #expect(refusal { () throws(SodiumError) in _ = try SealedBox.open(sealed.span, with: other) } == .forged)
  }

  @Test("Any changed byte of a box is found")
  func flipped() throws {
    let pair = SealedBox.KeyPair.generate()
    let sealed = try SealedBox.seal(plaintext.span, to: pair.publicKey)
    for index in sealed.indices {
      var changed = sealed
      changed[index] ^= 1
      let code = refusal { () throws(SodiumError) in _ = try SealedBox.open(changed.span, with: pair) }
      #expect(code == .forged, "byte \(index)")
    }
  }

  @Test("A box that ends within its header is truncated", arguments: [0, 1, 47])
  func truncated(count: Int) throws {
    let pair = SealedBox.KeyPair.generate()
    let short = Array(try SealedBox.seal(plaintext.span, to: pair.publicKey).prefix(count))
    let code = refusal { () throws(SodiumError) in _ = try SealedBox.open(short.span, with: pair) }
    #expect(code == .truncated)
  }

  @Test("Nothing is sealed to a point of low order, where everyone could open it")
  func lowOrder() throws {
    for first in [0, 1] as [UInt8] {
      let key = try #require(BoxPublicKey([first] + [UInt8](repeating: 0, count: 31)))
      let code = refusal { () throws(SodiumError) in _ = try SealedBox.seal(plaintext.span, to: key) }
      #expect(code == .unusableKey)
    }
  }

  @Test("A secret that was kept makes the same pair again")
  func restored() throws {
    let pair = SealedBox.KeyPair.generate()
    let again = SealedBox.KeyPair(secret: try .copying(pair.secret.copy().span))
    #expect(again.publicKey == pair.publicKey)
    #expect(BoxPublicKey(pair.publicKey.bytes) == pair.publicKey)
    #expect(BoxPublicKey(counting(count: 33)) == nil)
  }
}
