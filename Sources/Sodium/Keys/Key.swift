import CSodium

/// A secret key in guarded memory: locked where the system allows it, between pages that cannot be touched,
/// and zeroed before it is given back.
///
/// Move-only: it cannot be copied, printed, encoded or returned from the closures that lend it. Each key
/// takes pages of its own, so it suits the tens of keys that a session holds, not a key per customer.
@safe
public struct Key<Purpose: KeyPurpose>: ~Copyable, @unchecked Sendable {
  @usableFromInline let pointer: UnsafeMutablePointer<UInt8>

  private init() {
    Library.start()
    guard let memory = unsafe sodium_malloc(Purpose.byteCount) else {
      fatalError("out of guarded memory")
    }
    unsafe pointer = memory.bindMemory(to: UInt8.self, capacity: Purpose.byteCount)
    unsafe pointer.update(repeating: 0, count: Purpose.byteCount)
  }

  deinit { unsafe sodium_free(pointer) }

  /// A new random key.
  public static func random() -> Key {
    let key = Key()
    unsafe randombytes_buf(key.pointer, Purpose.byteCount)
    return key
  }

  /// A key from bytes that exist already. The source is the caller's to wipe.
  ///
  /// - Throws: `.wrongLength` unless there are exactly `Purpose.byteCount` bytes.
  public static func copying(_ bytes: Span<UInt8>) throws(SodiumError) -> Key {
    guard bytes.count == Purpose.byteCount else {
      throw SodiumError(.wrongLength, "a key of this purpose has \(Purpose.byteCount) bytes")
    }
    let key = Key()
    unsafe bytes.withBase { source, count in unsafe key.pointer.update(from: source, count: count) }
    return key
  }

  /// A key that `body` writes, byte for byte, into guarded memory that starts as zeros.
  public static func filling<E: Error>(
    _ body: (inout MutableSpan<UInt8>) throws(E) -> Void
  ) throws(E) -> Key {
    let key = Key()
    try unsafe write(to: key.pointer, body)
    return key
  }

  private static func write<E: Error>(
    to pointer: UnsafeMutablePointer<UInt8>, _ body: (inout MutableSpan<UInt8>) throws(E) -> Void
  ) throws(E) {
    var span = unsafe MutableSpan(_unsafeStart: pointer, count: Purpose.byteCount)
    try body(&span)
  }

  /// Lends the bytes of the key to `body`.
  @inlinable
  public borrowing func withBytes<R: ~Copyable, E: Error>(
    _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try body(unsafe Span(_unsafeStart: pointer, count: Purpose.byteCount))
  }

  /// Lends the bytes of the key to `body` as a pointer to `Purpose.byteCount` bytes.
  @inlinable
  package borrowing func withUnsafePointer<R: ~Copyable, E: Error>(
    _ body: (UnsafePointer<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try unsafe body(UnsafePointer(pointer))
  }

  /// A key that `body` writes through a pointer to `Purpose.byteCount` bytes of guarded memory.
  package static func fillingUnsafe<E: Error>(
    _ body: (UnsafeMutablePointer<UInt8>) throws(E) -> Void
  ) throws(E) -> Key {
    let key = Key()
    try unsafe body(key.pointer)
    return key
  }
}
