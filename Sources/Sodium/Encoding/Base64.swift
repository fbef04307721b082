/// Base64 with the standard alphabet and padding (RFC 4648 section 4). Not for secrets: table look-ups take a
/// time that depends on the content.
public enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static let padding = UInt8(ascii: "=")

  /// The text of `bytes`, a multiple of 4 characters.
  public static func encode(_ bytes: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var pending: UInt32 = 0
    var pendingCount = 0
    for byte in bytes {
      pending = pending << 8 | UInt32(byte)
      pendingCount += 1
      guard pendingCount == 3 else { continue }
      for shift in [18, 12, 6, 0] { text.append(alphabet[Int(pending >> UInt32(shift) & 63)]) }
      pending = 0
      pendingCount = 0
    }
    switch pendingCount {
    case 1:
      text += [alphabet[Int(pending >> 2)], alphabet[Int(pending << 4 & 63)], padding, padding]
    case 2:
      text += [
        alphabet[Int(pending >> 10)], alphabet[Int(pending >> 4 & 63)],
        alphabet[Int(pending << 2 & 63)], padding,
      ]
    default: break
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of `text`, which must be exactly what `encode` gives for them: no white space, full padding,
  /// and no bits set that padding drops.
  ///
  /// - Throws: `.malformed`.
  public static func decode(_ text: some StringProtocol) throws(SodiumError) -> [UInt8] {
    let characters = Array(text.utf8)
    guard characters.count.isMultiple(of: 4) else {
      throw SodiumError(.malformed, "base64 text is not a multiple of 4 characters")
    }
    let paddingCount = characters.suffix(2).reversed().prefix { $0 == padding }.count
    var bytes: [UInt8] = []
    bytes.reserveCapacity(characters.count / 4 * 3)
    var pending: UInt32 = 0
    var pendingBits = 0
    for character in characters.dropLast(paddingCount) {
      guard let value = value(of: character) else {
        throw SodiumError(.malformed, "base64 text has a character that is none of its alphabet")
      }
      pending = pending << 6 | UInt32(value)
      pendingBits += 6
      guard pendingBits >= 8 else { continue }
      pendingBits -= 8
      bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(pendingBits)))
      pending &= 1 << UInt32(pendingBits) - 1
    }
    guard pending == 0 else {
      throw SodiumError(.malformed, "base64 text sets bits that its padding drops")
    }
    return bytes
  }

  private static func value(of character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
