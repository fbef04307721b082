import CSodium

extension BLAKE2b {
  /// A BLAKE2b hash that takes its input piece by piece. Its state is wiped at the end.
  @safe
  public struct Stream: ~Copyable, @unchecked Sendable {
    // On the heap, since the state wants an alignment of 64, which a Swift value does not promise.
    private let state: OpaquePointer
    private let outputCount: Int

    /// A hash of nothing so far, `count` (16 to 64) bytes long in the end.
    public init(count: Int = 32) {
      unsafe self.init(key: nil, keyCount: 0, count: count)
    }

    /// A hash under `key`, which has 16 to 64 bytes.
    public init<P: KeyPurpose>(key: borrowing Key<P>, count: Int = 32) {
      precondition((16...64).contains(P.byteCount), "a BLAKE2b key has 16 to 64 bytes")
      self = unsafe key.withUnsafePointer { pointer in
        unsafe Stream(key: pointer, keyCount: P.byteCount, count: count)
      }
    }

    private init(key: UnsafePointer<UInt8>?, keyCount: Int, count: Int) {
      precondition((16...64).contains(count), "a BLAKE2b hash has 16 to 64 bytes")
      Library.start()
      outputCount = count
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: crypto_generichash_blake2b_statebytes(), alignment: 64)
      unsafe state = OpaquePointer(memory)
      _ = unsafe crypto_generichash_blake2b_init(state, key, keyCount, count)
    }

    deinit {
      let memory = unsafe UnsafeMutableRawPointer(state)
      unsafe sodium_memzero(memory, crypto_generichash_blake2b_statebytes())
      unsafe memory.deallocate()
    }

    /// Takes in further bytes.
    public mutating func update(_ bytes: Span<UInt8>) {
      unsafe bytes.withBase { buffer, bufferCount in
        _ = unsafe crypto_generichash_blake2b_update(state, buffer, UInt64(bufferCount))
      }
    }

    /// Takes in further bytes.
    public mutating func update(_ bytes: [UInt8]) { update(bytes.span) }

    /// Ends the hash and returns its bytes.
    public consuming func finalize() -> [UInt8] {
      let count = outputCount
      let state = unsafe state
      return unsafe [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
        guard let out = output.baseAddress else { return }
        _ = unsafe crypto_generichash_blake2b_final(state, out, count)
        initialized = count
      }
    }
  }
}
