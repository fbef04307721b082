/// A hash of 32 bytes, held inline: a dictionary key without a heap allocation.
///
/// Not for secrets: comparing takes a time that depends on the content.
public struct Digest32: Hashable, Sendable {
  // Four words in memory order, so that the value's own memory is the byte string.
  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  private init() {}

  /// A digest from its bytes, or `nil` unless there are exactly 32.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    unsafe withUnsafeMutableBytes(of: &words) { unsafe $0.copyBytes(from: bytes) }
  }

  /// The 32 bytes.
  public var bytes: [UInt8] { unsafe withUnsafeBytes(of: words) { unsafe [UInt8]($0) } }

  /// Lends the 32 bytes to `body`.
  public func withSpan<R: ~Copyable, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
    try unsafe withUnsafePointer { (pointer: UnsafePointer<UInt8>) throws(E) -> R in
      try body(unsafe Span(_unsafeStart: pointer, count: 32))
    }
  }

  /// Whether two digests are the same 32 bytes.
  public static func == (lhs: Digest32, rhs: Digest32) -> Bool { lhs.words == rhs.words }

  /// Feeds all 32 bytes to a hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}

extension Digest32 {
  /// A digest of the 32 bytes at `pointer`.
  package init(copying pointer: UnsafePointer<UInt8>) {
    unsafe self.init { out in unsafe out.update(from: pointer, count: 32) }
  }

  /// A digest that `body` writes: 32 bytes.
  package init(_ body: (UnsafeMutablePointer<UInt8>) -> Void) {
    self.init()
    unsafe withUnsafeMutableBytes(of: &words) { buffer in
      guard let base = buffer.baseAddress else { return }
      unsafe body(base.assumingMemoryBound(to: UInt8.self))
    }
  }

  /// Lends the 32 bytes to `body` as a pointer.
  package func withUnsafePointer<R: ~Copyable, E: Error>(
    _ body: (UnsafePointer<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try unsafe Swift.withUnsafePointer(to: words) { (pointer) throws(E) -> R in
      try unsafe body(UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt8.self))
    }
  }

  /// Writes the 32 bytes to `out`.
  package func write(to out: UnsafeMutablePointer<UInt8>) {
    unsafe withUnsafePointer { unsafe out.update(from: $0, count: 32) }
  }
}

extension Digest32: Comparable {
  /// Orders digests as byte strings, the first byte first.
  public static func < (lhs: Digest32, rhs: Digest32) -> Bool {
    let left = (
      lhs.words.0.bigEndian, lhs.words.1.bigEndian, lhs.words.2.bigEndian, lhs.words.3.bigEndian
    )
    let right = (
      rhs.words.0.bigEndian, rhs.words.1.bigEndian, rhs.words.2.bigEndian, rhs.words.3.bigEndian
    )
    return left < right
  }
}

extension Digest32: CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  public var description: String { Hex.encode(bytes) }
}
