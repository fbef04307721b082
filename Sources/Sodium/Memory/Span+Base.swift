extension Span where Element == UInt8 {
  /// Lends the bytes to `body` as an address, never null, and a count.
  ///
  /// An empty span may have no address at all, and many functions of libsodium are declared never to take a
  /// null pointer, whatever the length beside it.
  @inline(__always)
  func withBase<R: ~Copyable, E: Error>(
    _ body: (UnsafePointer<UInt8>, Int) throws(E) -> R
  ) throws(E) -> R {
    try unsafe withUnsafeBufferPointer { (buffer) throws(E) -> R in
      try unsafe body(buffer.baseAddress ?? UnsafePointer(EmptyBase.pointer), buffer.count)
    }
  }
}

/// One byte that nobody reads, to point at where there is nothing to point at.
enum EmptyBase {
  nonisolated(unsafe) static let pointer: UnsafeMutablePointer<UInt8> = {
    let pointer = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    unsafe pointer.initialize(to: 0)
    return unsafe pointer
  }()
}
