import Sodium
import Testing

@Suite("Hashes")
struct HashTests {
  private let value = Array("value".utf8)

  @Test("SHA-256 gives the answers of FIPS 180-4")
  func sha256() {
    #expect(
      SHA256.hash(Array("abc".utf8)).description
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      SHA256.hash([]).description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test("SHA-256 in pieces is SHA-256 at once, and can go on after a result")
  func sha256Pieces() {
    var hash = SHA256()
    hash.update(counting(count: 100))
    #expect(hash.finalize() == SHA256.hash(counting(count: 100)))
    hash.update(counting(from: 100, count: 100))
    #expect(hash.finalize() == SHA256.hash(counting(count: 200)))
  }

  @Test("BLAKE2b gives the answers of another implementation, plain, keyed and with a personal string")
  func blake2b() throws {
    // Computed with Python's hashlib.
    let key = try countingKey(ClassKey.self)
    #expect(
      BLAKE2b.digest256(value).description
        == "d6307990a4bb5da3bfe0f273a54577dc871b7a6a34bfc9f080a5a83d320840c4")
    #expect(
      BLAKE2b.keyed256(key: key, value).description
        == "155364295f0678a5780974ff3eb28c1d3cdd061c131c78eed07ba3247a39ee2c")
    let derived = BLAKE2b.derive(from: key, value.span, as: LongKey.self)
    #expect(
      Hex.encode(derived.copy())
        == "8c12244164dd1f4a6674fe7b765a4505606f835ab9be019857dcc853d9937f51"
        + "ad24b2a0675df6349ec9e08b18da34f7a1eb520092056b2432f1c3794e22aa7f")

    var personal = [UInt8](repeating: 0, count: 64)
    let record: StaticString = "crmvault-record1"
    unsafe BLAKE2b.rawHash512(personal: record.utf8Start, value, count: value.count, into: &personal)
    #expect(
      Hex.encode(personal)
        == "226a434ff2ce20fe054187c649fffbaadb102ad4e89fff3db804d08f5d15b532"
        + "5a9f9aa4cf4ba4b65706ac494008c6de3fa5f9c169805fee687edb0381ef6842")
  }

  @Test("BLAKE2b in pieces is BLAKE2b at once", arguments: [16, 32, 64])
  func blake2bPieces(count: Int) throws {
    var plain = BLAKE2b.Stream(count: count)
    plain.update(counting(count: 100))
    plain.update(counting(from: 100, count: 100))
    let pieces = plain.finalize()
    #expect(pieces == BLAKE2b.hash(counting(count: 200).span, count: count))

    let key = try countingKey(ClassKey.self)
    var keyed = BLAKE2b.Stream(key: key)
    keyed.update(value)
    let keyedPieces = keyed.finalize()
    #expect(keyedPieces == BLAKE2b.keyed256(key: key, value).bytes)
  }

  @Test("A keyed hash under another key is another hash")
  func keyMatters() throws {
    let first = BLAKE2b.keyed256(key: try countingKey(ClassKey.self), value)
    let second = BLAKE2b.keyed256(key: try countingKey(ClassKey.self, from: 1), value)
    #expect(first != second)
  }

  @Test("SipHash-2-4-128 gives the answers of its authors and of another implementation")
  func sipHash() {
    let key = counting(count: 16)
    let empty = unsafe SipHash.hash128(key: key, nil, count: 0)
    #expect(empty == (0xe6a8_25ba_047f_81a3, 0x9302_55c7_1472_f66d))
    var out = [UInt8](repeating: 0, count: 16)
    unsafe SipHash.hash128(key: key, counting(count: 48), count: 48, into: &out)
    #expect(Hex.encode(out) == "f7e5aef549f782cf379055a608269b16")
  }

  @Test("A digest is 32 bytes and orders as they do")
  func digest() throws {
    #expect(Digest32(counting(count: 31)) == nil)
    #expect(Digest32(counting(count: 33)) == nil)
    let digest = try #require(Digest32(counting()))
    #expect(digest.bytes == counting())
    #expect(digest.withSpan { $0.copy() } == counting())
    var written = [UInt8](repeating: 0, count: 32)
    unsafe digest.write(to: &written)
    #expect(written == counting())

    var later = counting()
    later[0] = 1
    later[31] = 0
    let greater = try #require(Digest32(later))
    #expect(digest < greater)
    #expect(!(greater < digest))
    #expect(Set([digest, greater, digest]).count == 2)
  }
}
