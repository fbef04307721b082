internal import Glibc

/// Wiped memory for the rows of an import: reserved at once, taken from the system as it fills, left out of core
/// dumps, and wiped when it goes. Places in it are numbers below 2^32; 0 is none.
@safe final class ImportArena {
  private let base: UnsafeMutableRawPointer
  private let capacity: Int
  /// The first free place.
  private(set) var end = 8

  /// An arena that can grow to this many bytes.
  init(capacity: Int) throws(VaultError) {
    precondition((4096...Int(UInt32.max)).contains(capacity), "places have 32 bits")
    self.capacity = capacity
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let memory = unsafe mmap(nil, capacity, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
      throw VaultError(.io, "there is no memory for the rows of the file")
    }
    unsafe base = memory
    // Best effort: an old kernel refuses the advice, and the arena still works.
    _ = unsafe madvise(memory, capacity, MADV_DONTDUMP)
  }

  deinit {
    unsafe explicit_bzero(base, end)
    unsafe munmap(base, capacity)
  }

  /// Makes sure that so many bytes can be added.
  func require(_ count: Int) throws(VaultError) {
    guard end + count <= capacity else {
      throw VaultError(
        .badInput, "the rows of one customer do not fit into memory",
        hint: "split the file, and import its parts")
    }
  }

  /// The rows of a group do not fit: it has to be split.
  static var full: VaultError {
    VaultError(
      .importGroupFull, "the rows of one customer do not fit into memory",
      hint: "split the file, and import its parts")
  }

  /// Wipes and gives back everything from a place on.
  func truncate(to place: Int) {
    precondition(place >= 8 && place <= end)
    unsafe explicit_bzero(base + place, end - place)
    end = place
  }

  // Every addition is within what `require` promised.

  func put(_ byte: UInt8) {
    precondition(end < capacity)
    unsafe base.storeBytes(of: byte, toByteOffset: end, as: UInt8.self)
    end += 1
  }

  func put<Number: FixedWidthInteger & BitwiseCopyable>(fixed number: Number) {
    precondition(end + MemoryLayout<Number>.size <= capacity)
    unsafe base.storeBytes(of: number.bigEndian, toByteOffset: end, as: Number.self)
    end += MemoryLayout<Number>.size
  }

  func put(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      put(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    put(UInt8(truncatingIfNeeded: rest))
  }

  func put(zigzag value: Int64) { put(varint: UInt64(bitPattern: (value << 1) ^ (value >> 63))) }

  func put(_ bytes: Span<UInt8>) {
    precondition(end + bytes.count <= capacity)
    unsafe bytes.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      unsafe (base + end).copyMemory(from: source, byteCount: bytes.count)
    }
    end += bytes.count
  }

  func set(_ byte: UInt8, at place: Int) {
    precondition(place < end)
    unsafe base.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
  }

  func byte(at place: Int) -> UInt8 {
    precondition(place < end)
    return unsafe base.load(fromByteOffset: place, as: UInt8.self)
  }

  /// A number that `put(fixed:)` wrote.
  func fixed32(at place: Int) -> UInt32 {
    precondition(place >= 0 && place + 4 <= end)
    return unsafe UInt32(bigEndian: base.loadUnaligned(fromByteOffset: place, as: UInt32.self))
  }

  /// The bytes of a range as a value of their own.
  func lent(_ start: Int, count: Int) -> ArenaBytes { unsafe ArenaBytes(bytes(start, count: count)) }

  /// The bytes of a range, valid while the arena is and is not truncated.
  func bytes(_ start: Int, count: Int) -> UnsafeRawBufferPointer {
    precondition(start >= 0 && count >= 0 && start + count <= end)
    return unsafe UnsafeRawBufferPointer(start: base + start, count: count)
  }

  /// Everything from a place to the end, to be read by a cursor.
  func bytes(from start: Int) -> UnsafeRawBufferPointer { unsafe bytes(start, count: end - start) }
}

/// Bytes in an ``ImportArena``, valid while it is and is not truncated: making one is unsafe, using it is not.
@safe struct ArenaBytes {
  /// The memory.
  let raw: UnsafeRawBufferPointer

  /// Bytes of memory that must outlive the value.
  init(_ raw: UnsafeRawBufferPointer) { unsafe self.raw = raw }

  /// No bytes.
  static var none: ArenaBytes { unsafe ArenaBytes(UnsafeRawBufferPointer(start: nil, count: 0)) }

  var isEmpty: Bool { unsafe raw.isEmpty }
  var count: Int { unsafe raw.count }

  /// Lends the bytes.
  func withSpan<Result: ~Copyable, Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(unsafe Span(_unsafeElements: raw.bindMemory(to: UInt8.self)))
  }
}
