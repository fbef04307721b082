import CSodium

/// SipHash-2-4 with 128 bits of output: a check under a secret key, for short inputs.
package enum SipHash {
  /// The 16 bytes of the check of `count` bytes at `input` under the 16 bytes at `key`, as two words: bytes
  /// 0..7 and 8..15, each little-endian.
  package static func hash128(
    key: UnsafePointer<UInt8>, _ input: UnsafePointer<UInt8>?, count: Int
  ) -> (UInt64, UInt64) {
    var words: (UInt64, UInt64) = (0, 0)
    unsafe withUnsafeMutableBytes(of: &words) { buffer in
      guard let out = unsafe buffer.assumingMemoryBound(to: UInt8.self).baseAddress else { return }
      _ = unsafe crypto_shorthash_siphashx24(out, input, UInt64(count), key)
    }
    return (UInt64(littleEndian: words.0), UInt64(littleEndian: words.1))
  }

  /// Writes the 16 bytes of the check to `out`.
  package static func hash128(
    key: UnsafePointer<UInt8>, _ input: UnsafePointer<UInt8>?, count: Int,
    into out: UnsafeMutablePointer<UInt8>
  ) {
    _ = unsafe crypto_shorthash_siphashx24(out, input, UInt64(count), key)
  }
}
