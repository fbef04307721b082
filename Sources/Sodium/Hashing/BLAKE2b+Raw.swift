import CSodium

// Forms on raw memory, for inner loops: no allocation, no generics.
extension BLAKE2b {
  /// Writes the `outCount` (16 to 64) bytes of the hash of `count` bytes at `input` to `out`.
  package static func rawHash(
    _ input: UnsafePointer<UInt8>?, count: Int, into out: UnsafeMutablePointer<UInt8>, outCount: Int
  ) {
    Library.start()
    let status = unsafe crypto_generichash_blake2b(out, outCount, input, UInt64(count), nil, 0)
    precondition(status == 0, "a BLAKE2b hash has 16 to 64 bytes")
  }

  /// Writes the `outCount` (16 to 64) bytes of the hash under a key of `keyCount` (16 to 64) bytes to `out`.
  package static func rawKeyed(
    key: UnsafePointer<UInt8>, keyCount: Int = 32, _ input: UnsafePointer<UInt8>?, count: Int,
    into out: UnsafeMutablePointer<UInt8>, outCount: Int
  ) {
    precondition((16...64).contains(keyCount), "a BLAKE2b key has 16 to 64 bytes")
    Library.start()
    let status = unsafe crypto_generichash_blake2b(out, outCount, input, UInt64(count), key, keyCount)
    precondition(status == 0, "a BLAKE2b hash has 16 to 64 bytes")
  }

  /// Writes 64 bytes to `out`: the hash of `count` bytes at `input`, unkeyed, without salt, with 16 bytes of
  /// personal string.
  package static func rawHash512(
    personal: UnsafePointer<UInt8>, _ input: UnsafePointer<UInt8>, count: Int,
    into out: UnsafeMutablePointer<UInt8>
  ) {
    Library.start()
    _ = unsafe crypto_generichash_blake2b_salt_personal(
      out, 64, input, UInt64(count), nil, 0, nil, personal)
  }
}
