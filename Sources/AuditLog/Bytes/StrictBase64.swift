import Sodium

/// Strict base64 over bytes in place, for what is read once an entry: standard alphabet, padding required, and none
/// but the one text that `Base64.encode` writes.
enum StrictBase64 {
  /// The bytes of a text; nil when it is not strict base64.
  static func decode(_ text: Span<UInt8>) -> [UInt8]? {
    guard text.count.isMultiple(of: 4) else { return nil }
    var count = text.count
    while count > 0, count > text.count - 2, text[count - 1] == padding { count -= 1 }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var pending: UInt32 = 0
    var bits: UInt32 = 0
    for index in 0..<count {
      let value = values[Int(text[index])]
      guard value < 64 else { return nil }
      pending = pending << 6 | UInt32(value)
      bits += 6
      guard bits >= 8 else { continue }
      bits -= 8
      bytes.append(UInt8(truncatingIfNeeded: pending >> bits))
      pending &= 1 << bits - 1
    }
    // What padding drops must be zero, so that one value has one text.
    return pending == 0 ? bytes : nil
  }

  static let padding = UInt8(ascii: "=")

  static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The six bits of each byte; 255 for a byte that is not of the alphabet.
  static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
    return values
  }()
}

extension Digest32 {
  /// The digest of 44 characters of base64; nil for any other text.
  init?(base64 text: some Sequence<UInt8>) { self.init(base64: Array(text).span) }

  /// The digest of 44 characters of base64, without an allocation; nil for any other text.
  init?(base64 text: Span<UInt8>) {
    guard text.count == 44, text[43] == StrictBase64.padding else { return nil }
    var isValid = true
    let values = StrictBase64.values.span
    let digest = unsafe Digest32 { out in
      var seen: UInt8 = 0
      for group in 0..<10 {
        var word: UInt32 = 0
        for index in (4 * group)..<(4 * group + 4) {
          let value = values[Int(text[index])]
          seen |= value
          word = word << 6 | UInt32(value & 63)
        }
        unsafe out[3 * group] = UInt8(truncatingIfNeeded: word >> 16)
        unsafe out[3 * group + 1] = UInt8(truncatingIfNeeded: word >> 8)
        unsafe out[3 * group + 2] = UInt8(truncatingIfNeeded: word)
      }
      var tail: UInt32 = 0
      for index in 40..<43 {
        let value = values[Int(text[index])]
        seen |= value
        tail = tail << 6 | UInt32(value & 63)
      }
      unsafe out[30] = UInt8(truncatingIfNeeded: tail >> 10)
      unsafe out[31] = UInt8(truncatingIfNeeded: tail >> 2)
      isValid = seen < 64 && tail & 3 == 0
    }
    guard isValid else { return nil }
    self = digest
  }
}

extension [UInt8] {
  /// Appends the 44 characters of a digest.
  mutating func append(base64 digest: Digest32) {
    let alphabet = StrictBase64.alphabet.span
    var text = InlineArray<44, UInt8>(repeating: StrictBase64.padding)
    digest.withSpan { bytes in
      func put(_ word: UInt32, at place: Int) { text[place] = alphabet[Int(word & 63)] }
      for group in 0..<10 {
        let start = 3 * group
        let word = UInt32(bytes[start]) << 16 | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2])
        for place in 0..<4 { put(word >> UInt32(18 - 6 * place), at: 4 * group + place) }
      }
      let tail = UInt32(bytes[30]) << 10 | UInt32(bytes[31]) << 2
      for place in 0..<3 { put(tail >> UInt32(12 - 6 * place), at: 40 + place) }
    }
    unsafe text.span.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
