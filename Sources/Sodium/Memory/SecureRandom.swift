import CSodium

/// The operating system's randomness (`getrandom`), for keys, nonces and salts.
public enum SecureRandom {
  /// `count` random bytes, for values that need not be secret: nonces, salts, identifiers.
  public static func bytes(_ count: Int) -> [UInt8] {
    Library.start()
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress { unsafe randombytes_buf(base, count) }
      initialized = count
    }
  }

  /// Overwrites all of `span` with random bytes.
  public static func fill(_ span: inout MutableSpan<UInt8>) {
    Library.start()
    unsafe span.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress { unsafe randombytes_buf(base, buffer.count) }
    }
  }

  /// A number from 0 up to and excluding `upperBound`, each equally likely; 0 for a bound of 0 or 1.
  public static func uniform(_ upperBound: UInt32) -> UInt32 {
    Library.start()
    return randombytes_uniform(upperBound)
  }

  /// Writes `count` random bytes to `out`.
  package static func rawFill(_ out: UnsafeMutablePointer<UInt8>, count: Int) {
    Library.start()
    unsafe randombytes_buf(out, count)
  }
}
