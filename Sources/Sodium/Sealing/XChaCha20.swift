import CSodium

/// The XChaCha20 keystream on raw memory: enciphers, and does not authenticate. Only for what is
/// authenticated elsewhere, as the slots of a sealed block are.
package enum XChaCha20 {
  /// Writes `count` bytes of the stream of a 24-byte nonce and a 32-byte key to `out`.
  package static func stream(
    into out: UnsafeMutablePointer<UInt8>, count: Int, nonce: UnsafePointer<UInt8>,
    key: UnsafePointer<UInt8>
  ) {
    Library.start()
    _ = unsafe crypto_stream_xchacha20(out, UInt64(count), nonce, key)
  }

  /// Writes `count` bytes at `input`, XORed with the stream, to `out`, which may be `input`.
  package static func xor(
    _ input: UnsafePointer<UInt8>, count: Int, into out: UnsafeMutablePointer<UInt8>,
    nonce: UnsafePointer<UInt8>, key: UnsafePointer<UInt8>
  ) {
    Library.start()
    _ = unsafe crypto_stream_xchacha20_xor(out, input, UInt64(count), nonce, key)
  }
}
