import Sodium
import Testing

@Suite("Text encodings")
struct EncodingTests {
  @Test(
    "Base64 is that of RFC 4648 section 10",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
  func base64(plain: String, text: String) throws {
    #expect(Base64.encode(Array(plain.utf8)) == text)
    #expect(try Base64.decode(text) == Array(plain.utf8))
  }

  @Test("Every length and every byte goes through base64 and back")
  func base64RoundTrip() throws {
    for count in 0..<70 {
      let bytes = SecureRandom.bytes(count)
      #expect(try Base64.decode(Base64.encode(bytes)) == bytes)
    }
    #expect(try Base64.decode(Base64.encode(counting(count: 256))) == counting(count: 256))
  }

  @Test(
    "Base64 that is not canonical is refused",
    arguments: [
      "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zm8", "Z===", "====", "=", "Zg==Zg==", "Zm 9v", "Zm9v\n",
      "Zm9v Zg==", "Zm-_", "Zg=a", "=Zg=", "Zmé=", "Zg==\n",
    ])
  func base64Strict(text: String) {
    #expect(refusal { () throws(SodiumError) in _ = try Base64.decode(text) } == .malformed)
  }

  @Test("Hexadecimal text is written in lower case and read in either")
  func hex() throws {
    #expect(Hex.encode([0x00, 0xAB, 0xFF] as [UInt8]) == "00abff")
    #expect(try Hex.decode("00abFF") == [0x00, 0xAB, 0xFF])
    #expect(try Hex.decode("") == [])
    #expect(try Hex.decode(Hex.encode(counting(count: 256))) == counting(count: 256))
  }

  @Test("Hexadecimal text with anything else is refused", arguments: ["0", "000", "0g", "0x00", "00 ", "é"])
  func hexStrict(text: String) {
    #expect(refusal { () throws(SodiumError) in _ = try Hex.decode(text) } == .malformed)
  }
}
