import Sodium
import Testing

@Suite("Set hash")
struct LtHashTests {
  private let first = Array("first row".utf8)
  private let second = Array("second row".utf8)

  @Test("Two rows hash to what another implementation gives")
  func knownAnswer() {
    // Computed in Python: hashlib's BLAKE2b, HChaCha20 by hand, ChaCha20 of the cryptography package.
    var hash = LtHash()
    #expect(
      hash.digest.description == "200823e5158b3774c11b5c61850ada762f8264144a9bebec3ebac5a2adde67b8")
    hash.add(first.span)
    hash.add(second.span)
    #expect(
      hash.digest.description == "fdc889a00dfcae710dd10cb1af84e29d7f2035c5e50a7f343fd65f0a58e2f91d")
  }

  @Test("The order of rows does not matter, and how often they are there does")
  func multiset() {
    var forwards = LtHash()
    forwards.add(first.span)
    forwards.add(second.span)
    var backwards = LtHash()
    backwards.add(second.span)
    backwards.add(first.span)
    #expect(forwards == backwards)
    #expect(forwards.digest == backwards.digest)
    backwards.add(first.span)
    #expect(forwards != backwards)
  }

  @Test("A row that is taken out leaves no trace")
  func subtracts() {
    var hash = LtHash()
    hash.add(first.span)
    let before = hash
    hash.add(second.span)
    hash.subtract(second.span)
    #expect(hash == before)
    hash.subtract(first.span)
    #expect(hash == LtHash())
  }

  @Test("Taking out a row that is not there does not go unnoticed")
  func wrongRow() {
    var hash = LtHash()
    hash.add(first.span)
    hash.subtract(second.span)
    #expect(hash.digest != LtHash().digest)
  }

  @Test("Parts that were hashed apart join to the whole, and can be taken out of it")
  func joins() {
    var whole = LtHash()
    var parts = (LtHash(), LtHash())
    for row in 0..<20 {
      let bytes = counting(from: UInt8(row), count: 150)
      whole.add(bytes.span)
      if row < 7 { parts.0.add(bytes.span) } else { parts.1.add(bytes.span) }
    }
    var joined = parts.0
    joined.add(parts.1)
    #expect(joined == whole)
    joined.subtract(parts.1)
    #expect(joined == parts.0)
  }

  @Test("The state can be kept as bytes")
  func bytes() throws {
    var hash = LtHash()
    hash.add(first.span)
    #expect(hash.bytes.count == LtHash.byteCount)
    #expect(try LtHash(bytes: hash.bytes.span) == hash)
    let short = [UInt8](hash.bytes.dropLast())
    #expect(refusal { () throws(SodiumError) in _ = try LtHash(bytes: short.span) } == .wrongLength)
  }
}
