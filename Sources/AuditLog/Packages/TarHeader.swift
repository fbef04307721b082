/// The header of a file in a tar archive: POSIX ustar, with everything that differs from machine to machine left at
/// one value, so that the same files make the same bytes.
struct TarHeader: Hashable {
  /// The block size of the format.
  static let blockSize = 512

  /// The path: 1 to 100 bytes of printable ASCII, relative, without `.` or `..` as a part.
  let name: String
  /// How many bytes the file has.
  let size: Int
  /// Modification time in POSIX seconds.
  let time: UInt64

  init(name: String, size: Int, time: UInt64) throws(LogError) {
    guard Self.isValid(name: name) else { throw LogError(.malformed, "a file's name does not fit a package") }
    guard (0..<1 << 33).contains(size), time < 1 << 33 else {
      throw LogError(.outOfBounds, "a file of a package is too long")
    }
    self.name = name
    self.size = size
    self.time = time
  }

  static func isValid(name: String) -> Bool {
    let bytes = name.utf8
    return (1...100).contains(bytes.count)
      && bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != Ascii.backslash }
      && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
        !$0.isEmpty && $0 != "." && $0 != ".."
      }
  }

  /// The 512 bytes.
  var bytes: [UInt8] {
    var block = [UInt8](repeating: 0, count: Self.blockSize)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte }
    }
    put(name, at: 0)
    put("0000644\0", at: 100)
    put("0000000\0", at: 108)
    put("0000000\0", at: 116)
    put(Self.octal(UInt64(size), digits: 11) + "\0", at: 124)
    put(Self.octal(time, digits: 11) + "\0", at: 136)
    put("        ", at: 148)
    put("0", at: 156)
    put("ustar\0" + "00", at: 257)
    put("0000000\0", at: 329)
    put("0000000\0", at: 337)
    let sum = block.reduce(0 as UInt64) { $0 + UInt64($1) }
    put(Self.octal(sum, digits: 6) + "\0 ", at: 148)
    return block
  }

  /// Reads a header in the one form that `bytes` writes; nil for the block of zeros at the end.
  ///
  /// - Throws: `malformed` for a block in any other form: another kind of file, an extended header, a longer name.
  init?(reading block: [UInt8]) throws(LogError) {
    if block.allSatisfy({ $0 == 0 }) { return nil }
    guard block.count == Self.blockSize,
      let name = String(validating: block[..<100].prefix { $0 != 0 }, as: UTF8.self),
      let size = Self.number(block[124..<135]), let time = Self.number(block[136..<147]), size < 1 << 33
    else { throw Self.foreign }
    let header = try TarHeader(name: name, size: Int(size), time: time)
    guard header.bytes == block else { throw Self.foreign }
    self = header
  }

  /// How many zeros follow the file's bytes.
  var padding: Int { (Self.blockSize - size % Self.blockSize) % Self.blockSize }

  private static func octal(_ value: UInt64, digits: Int) -> String {
    let text = String(value, radix: 8)
    return String(repeating: "0", count: digits - text.utf8.count) + text
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for byte in digits {
      guard byte >= Ascii.zero, byte < Ascii.zero + 8 else { return nil }
      value = value << 3 | UInt64(byte - Ascii.zero)
    }
    return value
  }

  private static let foreign = LogError(
    .malformed, "the package holds something that no package of ours does")
}
