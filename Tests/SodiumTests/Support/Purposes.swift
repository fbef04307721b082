import Sodium

/// Purposes that only these tests know.
enum ClassKey: KeyPurpose {}
enum CustomerKey: KeyPurpose {}
enum LongKey: KeyPurpose {
  static var byteCount: Int { 64 }
}

/// The bytes from `first` on, one more each time: recognizable, and never the same as another range.
func counting(from first: UInt8 = 0, count: Int = 32) -> [UInt8] {
  (0..<count).map { first &+ UInt8(truncatingIfNeeded: $0) }
}

/// A key of `counting` bytes.
func countingKey<P: KeyPurpose>(_ purpose: P.Type, from first: UInt8 = 0) throws -> Key<P> {
  try .copying(counting(from: first, count: P.byteCount).span)
}

extension Key {
  /// A copy of the key's bytes, to compare.
  borrowing func copy() -> [UInt8] { withBytes { $0.copy() } }
}

extension WipedBytes {
  /// A copy of the content, to compare.
  borrowing func copy() -> [UInt8] { withBytes { $0.copy() } }
}

extension Span where Element == UInt8 {
  /// A copy of the bytes, to compare.
  func copy() -> [UInt8] { indices.map { self[$0] } }
}
