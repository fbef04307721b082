internal import Glibc

/// The one buffer of a reader: the bytes of the current record, and room for what is made of them.
///
/// It is left out of core dumps and wiped when the reader goes. The record area comes first, then the
/// constants of the mapping, then values made for one row (joined columns, dates), then event content.
@safe struct RowBuffer: ~Copyable {
  static let blockSize = 256 * 1024
  static let longestRecord = 1024 * 1024
  private static let recordArea = longestRecord + 2 * blockSize
  private static let constantArea = 64 * 1024
  private static let madeArea = 128 * 1024
  private static let contentArea = 16 * 1024

  let base: UnsafeMutablePointer<UInt8>
  let capacity: Int
  private var constantEnd = recordArea
  private var madeEnd = recordArea + constantArea

  init() throws(IngestError) {
    capacity = Self.recordArea + Self.constantArea + Self.madeArea + Self.contentArea
    let memory = unsafe mmap(nil, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
      throw IngestError(.inputOutput, reason: "no memory for reading (errno \(errno))")
    }
    // Without this advice a core dump would hold the record: then there is none to hold it, see `doctor`.
    _ = unsafe madvise(memory, capacity, MADV_DONTDUMP)
    unsafe base = memory.bindMemory(to: UInt8.self, capacity: capacity)
  }

  deinit {
    unsafe explicit_bzero(base, capacity)
    unsafe munmap(base, capacity)
  }

  /// Where event content may be written.
  static var contentStart: Int { recordArea + constantArea + madeArea }

  subscript(index: Int) -> UInt8 {
    get {
      precondition(index >= 0 && index < capacity)
      return unsafe base[index]
    }
    nonmutating set {
      precondition(index >= 0 && index < capacity)
      unsafe base[index] = newValue
    }
  }

  /// Lends a part of the buffer.
  borrowing func withBytes<Result, Failure: Error>(
    _ text: ImportText, _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(text.end <= capacity)
    let bytes = unsafe UnsafeBufferPointer(start: base + text.start, count: text.count)
    let span = unsafe bytes.span
    return try body(span)
  }

  /// Moves `start..<end` of the record area to its beginning.
  borrowing func moveToFront(_ start: Int, _ end: Int) {
    precondition(start >= 0 && start <= end && end <= Self.recordArea)
    unsafe memmove(base, base + start, end - start)
  }

  /// Keeps a constant of the mapping for as long as the reader lives; nil where there is no room.
  mutating func addConstant(_ text: String) -> ImportText? {
    let bytes = text.utf8
    guard !bytes.isEmpty, constantEnd + bytes.count <= Self.recordArea + Self.constantArea else { return nil }
    let start = constantEnd
    for byte in bytes {
      self[constantEnd] = byte
      constantEnd += 1
    }
    return ImportText(offset: start, count: bytes.count)
  }

  /// Forgets the values made for the row before.
  mutating func beginRow() {
    madeEnd = Self.recordArea + Self.constantArea
  }

  var made: Int { madeEnd }

  /// Adds a byte to the value being made; false where there is no room.
  mutating func make(_ byte: UInt8) -> Bool {
    guard madeEnd < Self.contentStart else { return false }
    self[madeEnd] = byte
    madeEnd += 1
    return true
  }
}
