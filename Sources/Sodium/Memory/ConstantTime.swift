import CSodium

/// Comparisons whose duration says nothing about where two secrets differ.
public enum ConstantTime {
  /// Whether two byte strings are equal. Only their lengths may show in the time this takes.
  public static func equal(_ lhs: Span<UInt8>, _ rhs: Span<UInt8>) -> Bool {
    guard lhs.count == rhs.count else { return false }
    return unsafe lhs.withBase { left, count in
      unsafe rhs.withBase { right, _ in
        unsafe sodium_memcmp(left, right, count) == 0
      }
    }
  }
}
