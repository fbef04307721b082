import Sodium
import Testing

@Suite(
  "Wycheproof",
  // The folder is not part of this package; the suites of each primitive have answers of their own.
  .enabled(
    if: PublishedVectors.exist("wycheproof/xchacha20_poly1305_test.json"),
    "\(PublishedVectors.whenAbsent)"))
struct WycheproofTests {
  struct Vectors<Group: Decodable>: Decodable {
    let numberOfTests: Int
    let testGroups: [Group]
  }

  struct AEADGroup: Decodable {
    struct Case: Decodable {
      let tcId: Int
      let key, iv, aad, msg, ct, tag, result: String
    }
    let tests: [Case]
  }

  struct SignatureGroup: Decodable {
    struct PublicKey: Decodable { let pk: String }
    struct Case: Decodable {
      let tcId: Int
      let msg, sig, result: String
    }
    let publicKey: PublicKey
    let tests: [Case]
  }

  struct ExchangeGroup: Decodable {
    struct Case: Decodable {
      let tcId: Int
      let `public`, shared: String
    }
    let tests: [Case]
  }

  @Test("XChaCha20-Poly1305 seals and opens as every case says")
  func aead() throws {
    let vectors = try PublishedVectors.json(
      "wycheproof/xchacha20_poly1305_test.json", as: Vectors<AEADGroup>.self)
    var count = 0
    for test in vectors.testGroups.flatMap(\.tests) {
      count += 1
      #expect(try opening(test) == (test.result == "valid" ? test.msg : nil), "case \(test.tcId)")
      if test.result == "valid" {
        #expect(try sealing(test) == test.ct + test.tag, "case \(test.tcId)")
      }
    }
    #expect(count == vectors.numberOfTests)
  }

  @Test("Ed25519 verifies what every case says, and nothing else")
  func signatures() throws {
    let vectors = try PublishedVectors.json(
      "wycheproof/ed25519_test.json", as: Vectors<SignatureGroup>.self)
    var count = 0
    for group in vectors.testGroups {
      let key = try #require(VerifyingKey(Hex.decode(group.publicKey.pk)))
      for test in group.tests {
        count += 1
        let signature = try Hex.decode(test.sig)
        let message = try Hex.decode(test.msg)
        let isGenuine = key.verifies(signature.span, of: message.span)
        #expect(isGenuine == (test.result == "valid"), "case \(test.tcId)")
      }
    }
    #expect(count == vectors.numberOfTests)
  }

  @Test("Nothing is sealed to an X25519 key that shares only zeros, and all others are sealed to")
  func boxes() throws {
    let vectors = try PublishedVectors.json("wycheproof/x25519_test.json", as: Vectors<ExchangeGroup>.self)
    let plaintext = counting()
    var refused = 0
    for test in vectors.testGroups.flatMap(\.tests) {
      let key = try #require(BoxPublicKey(Hex.decode(test.public)))
      let code = refusal { () throws(SodiumError) in _ = try SealedBox.seal(plaintext.span, to: key) }
      let sharesNothing = try Hex.decode(test.shared).allSatisfy { $0 == 0 }
      #expect(code == (sharesNothing ? .unusableKey : nil), "case \(test.tcId)")
      if code != nil { refused += 1 }
    }
    #expect(refused > 0)
  }

  private func opening(_ test: AEADGroup.Case) throws -> String? {
    let keyBytes = try Hex.decode(test.key)
    let key = try Key<ClassKey>.copying(keyBytes.span)
    let nonce = try Hex.decode(test.iv)
    let data = try Hex.decode(test.aad)
    let sealed = try Hex.decode(test.ct + test.tag)
    var plaintext: String?
    _ = refusal { () throws(SodiumError) in
      let opened = try AEAD.open(sealed.span, key: key, nonce: nonce, associatedData: data.span)
      plaintext = Hex.encode(opened.copy())
    }
    return plaintext
  }

  private func sealing(_ test: AEADGroup.Case) throws -> String {
    let keyBytes = try Hex.decode(test.key)
    let key = try Key<ClassKey>.copying(keyBytes.span)
    let nonce = try Hex.decode(test.iv)
    let data = try Hex.decode(test.aad)
    let plaintext = try Hex.decode(test.msg)
    return Hex.encode(AEAD.seal(plaintext.span, key: key, nonce: nonce, associatedData: data.span))
  }
}
