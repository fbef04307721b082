import CSodium

extension XChaCha20 {
  /// Writes `count` bytes at `input`, XORed with the stream under a subkey that is derived for this call and wiped
  /// with it, to `out`, which may be `input`.
  ///
  /// - Parameters:
  ///   - key: the parent, 32 bytes.
  ///   - context: what the subkey is for, 8 bytes.
  ///   - id: which of the subkeys of this context (`crypto_kdf`).
  package static func xor(
    _ input: UnsafePointer<UInt8>, count: Int, into out: UnsafeMutablePointer<UInt8>,
    nonce: UnsafePointer<UInt8>, subkey id: UInt64, context: UnsafePointer<UInt8>,
    of key: UnsafePointer<UInt8>
  ) {
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { subkey in
      guard let base = subkey.baseAddress else { return }
      unsafe Subkey.rawDerive(from: key, context: context, id: id, into: base, count: 32)
      unsafe xor(input, count: count, into: out, nonce: nonce, key: base)
      unsafe sodium_memzero(base, 32)
    }
  }
}
