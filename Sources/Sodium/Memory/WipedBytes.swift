import CSodium

/// A growable byte buffer for plaintext and passphrases, zeroed before its memory is given back.
///
/// Move-only, so that there is never a second copy that nobody wipes. Growth wipes the old memory;
/// `truncate` and `removeAll` wipe what they drop at once. Buffers of 1 MiB and more stay out of core dumps.
@safe
public struct WipedBytes: ~Copyable, @unchecked Sendable {
  private var base: UnsafeMutablePointer<UInt8>

  /// How many bytes the buffer holds.
  public private(set) var count = 0

  /// How many bytes fit before the buffer has to move.
  public private(set) var capacity: Int

  /// An empty buffer with room for `capacity` bytes.
  public init(capacity: Int = 64) {
    Library.start()
    self.capacity = max(capacity, 16)
    unsafe base = WipedStorage.allocate(self.capacity)
  }

  /// A buffer that holds a copy of `bytes`.
  public init(copying bytes: Span<UInt8>) {
    self.init(capacity: bytes.count)
    append(bytes)
  }

  deinit { unsafe WipedStorage.wipeAndFree(base, capacity: capacity) }

  /// Whether there are no bytes.
  public var isEmpty: Bool { count == 0 }

  /// Makes room for `additional` further bytes.
  public mutating func reserve(_ additional: Int) {
    precondition(additional >= 0, "a buffer cannot reserve a negative count")
    let needed = count + additional
    guard needed > capacity else { return }
    let newCapacity = max(needed, capacity * 2)
    let newBase = unsafe WipedStorage.allocate(newCapacity)
    unsafe newBase.update(from: base, count: count)
    unsafe WipedStorage.wipeAndFree(base, capacity: capacity)
    unsafe base = newBase
    capacity = newCapacity
  }

  /// Adds one byte.
  public mutating func append(_ byte: UInt8) {
    reserve(1)
    unsafe base[count] = byte
    count += 1
  }

  /// Adds a copy of `bytes`.
  public mutating func append(_ bytes: Span<UInt8>) {
    reserve(bytes.count)
    unsafe bytes.withBase { source, added in unsafe (base + count).update(from: source, count: added) }
    count += bytes.count
  }

  /// Adds a copy of `bytes`. The source is the caller's to wipe.
  public mutating func append(copying bytes: some Collection<UInt8>) {
    reserve(bytes.count)
    for byte in bytes { append(byte) }
  }

  /// Adds `count` bytes, zero until `fill` overwrites them. If `fill` throws, nothing is added.
  public mutating func append<E: Error>(
    count added: Int, _ fill: (inout MutableSpan<UInt8>) throws(E) -> Void
  ) throws(E) {
    reserve(added)
    unsafe (base + count).update(repeating: 0, count: added)
    var span = unsafe MutableSpan(_unsafeStart: base + count, count: added)
    do {
      try fill(&span)
    } catch {
      unsafe sodium_memzero(base + count, added)
      throw error
    }
    count += added
  }

  /// Drops and wipes everything after the first `newCount` bytes.
  public mutating func truncate(to newCount: Int) {
    precondition((0...count).contains(newCount), "a buffer is truncated to at most its own count")
    unsafe sodium_memzero(base + newCount, count - newCount)
    count = newCount
  }

  /// Drops and wipes all bytes, and keeps the room.
  public mutating func removeAll() { truncate(to: 0) }

  /// Lends the bytes to `body`.
  public borrowing func withBytes<R: ~Copyable, E: Error>(
    _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try body(unsafe Span(_unsafeStart: base, count: count))
  }

  /// Lends the bytes to `body`, to change them in place.
  public mutating func withMutableBytes<R: ~Copyable, E: Error>(
    _ body: (inout MutableSpan<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    var span = unsafe MutableSpan(_unsafeStart: base, count: count)
    return try body(&span)
  }
}

extension WipedBytes {
  /// Lends the bytes to `body` as raw memory, never without a base address.
  package borrowing func withUnsafeBytes<R: ~Copyable, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try unsafe body(UnsafeRawBufferPointer(start: base, count: count))
  }

  /// Adds up to `room` bytes: `fill` writes them and returns how many it wrote. If it throws, what it wrote
  /// is wiped.
  package mutating func appendUnsafe<E: Error>(
    upTo room: Int, _ fill: (UnsafeMutablePointer<UInt8>) throws(E) -> Int
  ) throws(E) {
    reserve(room)
    do {
      let written = try unsafe fill(base + count)
      precondition((0...room).contains(written), "a fill may not write past its room")
      unsafe sodium_memzero(base + count + written, room - written)
      count += written
    } catch {
      unsafe sodium_memzero(base + count, room)
      throw error
    }
  }
}
