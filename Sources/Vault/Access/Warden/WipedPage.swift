internal import Glibc
internal import Sodium

/// A fixed piece of memory that holds slots or a header while they are worked on, and is wiped when its scope ends.
///
/// Aligned to pages, left out of core dumps where the system allows it. Every access is checked against its size.
@safe struct WipedPage: ~Copyable, @unchecked Sendable {
  private let base: UnsafeMutableRawPointer
  /// Its size in bytes.
  let count: Int

  /// Zeroed memory of this size.
  init(count: Int) {
    self.count = count
    unsafe base = .allocate(byteCount: max(count, 1), alignment: 4096)
    unsafe base.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    _ = unsafe madvise(base, count, MADV_DONTDUMP)
  }

  deinit {
    unsafe explicit_bzero(base, count)
    unsafe base.deallocate()
  }

  /// The memory of a range. Valid while the page is.
  func raw(_ range: Range<Int>) -> UnsafeMutableRawBufferPointer {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "outside of the page")
    return unsafe UnsafeMutableRawBufferPointer(start: base + range.lowerBound, count: range.count)
  }

  /// The memory from an offset, as bytes. Valid while the page is.
  func pointer(at offset: Int, count: Int) -> UnsafePointer<UInt8> {
    precondition(offset >= 0 && offset + count <= self.count, "outside of the page")
    return unsafe UnsafePointer((base + offset).assumingMemoryBound(to: UInt8.self))
  }

  /// Lends a range as a span.
  func withSpan<Result: ~Copyable, Failure: Error>(
    _ range: Range<Int>, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = unsafe UnsafeBufferPointer(
      start: pointer(at: range.lowerBound, count: range.count), count: range.count)
    return try unsafe body(Span(_unsafeElements: bytes))
  }

  /// Lends a range to be filled.
  mutating func withMutableSpan<Result: ~Copyable, Failure: Error>(
    _ range: Range<Int>, _ body: (inout MutableSpan<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = unsafe raw(range).assumingMemoryBound(to: UInt8.self)
    var span = unsafe MutableSpan(_unsafeElements: bytes)
    return try body(&span)
  }

  /// The big-endian integer at an offset.
  func integer<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type = Value.self) -> Value {
    let bytes = unsafe raw(offset..<offset + MemoryLayout<Value>.size)
    return unsafe Value(bigEndian: bytes.loadUnaligned(as: Value.self))
  }

  /// The byte at an offset.
  @inline(__always)
  func byte(at offset: Int) -> UInt8 {
    precondition(offset >= 0 && offset < count, "outside of the page")
    return unsafe base.load(fromByteOffset: offset, as: UInt8.self)
  }

  /// Puts a big-endian integer at an offset.
  mutating func put<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
    let bytes = unsafe raw(offset..<offset + MemoryLayout<Value>.size)
    unsafe bytes.storeBytes(of: value.bigEndian, as: Value.self)
  }

  /// A copy of bytes that are no secret.
  func copy(_ range: Range<Int>) -> [UInt8] { unsafe Array(raw(range)) }

  /// Puts bytes that are no secret at an offset.
  mutating func put(_ bytes: [UInt8], at offset: Int) {
    unsafe raw(offset..<offset + bytes.count).copyBytes(from: bytes)
  }

  /// Puts bytes of another page at an offset.
  mutating func put(_ range: Range<Int>, of other: borrowing WipedPage, at offset: Int) {
    unsafe raw(offset..<offset + range.count).copyMemory(from: UnsafeRawBufferPointer(other.raw(range)))
  }

  /// Wipes a range.
  mutating func wipe(_ range: Range<Int>) {
    let bytes = unsafe raw(range)
    guard let start = bytes.baseAddress else { return }
    unsafe explicit_bzero(start, bytes.count)
  }

  /// Whether every byte of a range is zero.
  func isZero(_ range: Range<Int>) -> Bool {
    let bytes = unsafe raw(range)
    var seen: UInt64 = 0
    var index = 0
    while index + 8 <= bytes.count {
      seen |= unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      index += 8
    }
    while index < bytes.count {
      seen |= unsafe UInt64(bytes[index])
      index += 1
    }
    return seen == 0
  }
}

extension PositionedFile {
  /// Fills a range of a page from an offset of the file; zeros beyond its end.
  func read(into page: inout WipedPage, _ range: Range<Int>, at offset: UInt64) throws(SystemFailure) {
    try unsafe read(into: page.raw(range), at: offset)
  }

  /// Writes a range of a page at an offset of the file.
  func write(_ page: borrowing WipedPage, _ range: Range<Int>, at offset: UInt64) throws(SystemFailure) {
    try unsafe write(UnsafeRawBufferPointer(page.raw(range)), at: offset)
  }
}
