/// Reads plaintext strictly, on raw memory that outlives it.
///
/// Failure sticks: a read past the end, or of a number that is not in its shortest form, returns zero and makes
/// every later read fail as well, so that a decoder checks once, after a group of reads. Nothing traps.
@safe
struct ByteCursor {
  private let base: UnsafeRawBufferPointer
  private(set) var position: Int
  let end: Int
  private(set) var hasFailed = false

  /// A cursor over memory that must outlive it: that is what makes this call unsafe, and no other.
  init(_ bytes: UnsafeRawBufferPointer) {
    unsafe base = bytes
    position = 0
    end = bytes.count
  }

  /// Where the next byte lies; nothing may be read there unless bytes remain.
  @unsafe var pointer: UnsafeRawPointer {
    guard let start = unsafe base.baseAddress else { preconditionFailure("nothing remains") }
    return unsafe start + position
  }

  var isAtEnd: Bool { !hasFailed && position == end }
  var remaining: Int { end - position }

  @inline(__always)
  mutating func fail() {
    hasFailed = true
    position = end
  }

  @inline(__always)
  mutating func byte() -> UInt8 {
    guard position < end else {
      fail()
      return 0
    }
    let byte = unsafe base.load(fromByteOffset: position, as: UInt8.self)
    position += 1
    return byte
  }

  /// LEB128, at most 10 bytes, no needless zero at the end.
  @inline(__always)
  mutating func varint() -> UInt64 {
    let first = byte()
    return first < 0x80 ? UInt64(first) : longVarint(first)
  }

  private mutating func longVarint(_ first: UInt8) -> UInt64 {
    var value = UInt64(first & 0x7F)
    var shift: UInt64 = 7
    while true {
      let byte = byte()
      guard byte != 0, shift < 63 || byte == 1 else {
        fail()
        return 0
      }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  /// A signed number: 0, -1, 1, -2 are 0, 1, 2, 3.
  @inline(__always)
  mutating func zigzag() -> Int64 {
    let value = varint()
    return Int64(bitPattern: (value >> 1) ^ (0 &- (value & 1)))
  }

  /// A count of at most `limit`.
  @inline(__always)
  mutating func count(upTo limit: Int) -> Int {
    let value = varint()
    guard value <= UInt64(limit) else {
      fail()
      return 0
    }
    return Int(value)
  }

  /// Eight bytes, big-endian.
  @inline(__always)
  mutating func fixed64() -> UInt64 {
    let start = position
    skip(8)
    guard !hasFailed else { return 0 }
    return unsafe UInt64(bigEndian: base.loadUnaligned(fromByteOffset: start, as: UInt64.self))
  }

  @inline(__always)
  mutating func skip(_ count: Int) {
    guard count <= end - position else {
      fail()
      return
    }
    position += count
  }

  /// The next `count` bytes, without copying them; empty after a failure.
  @inline(__always)
  mutating func bytes(_ count: Int) -> UnsafeRawBufferPointer {
    let start = position
    skip(count)
    guard !hasFailed, count > 0, let address = unsafe base.baseAddress else {
      return unsafe UnsafeRawBufferPointer(start: nil, count: 0)
    }
    return unsafe UnsafeRawBufferPointer(start: address + start, count: count)
  }

  /// Text behind its length, at most `limit` bytes; nil after a failure or where it is not UTF-8.
  mutating func text(upTo limit: Int) -> String? {
    let count = count(upTo: limit)
    let bytes = unsafe bytes(count)
    guard !hasFailed, let text = unsafe String(validating: bytes, as: UTF8.self) else {
      fail()
      return nil
    }
    return text
  }
}
