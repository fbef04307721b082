import CSodium

/// The key of one sealed stream, 32 bytes.
public enum StreamKeyPurpose: KeyPurpose {}

/// A long content sealed chunk by chunk (`crypto_secretstream_xchacha20poly1305`): no chunk can be changed, left out,
/// repeated or put elsewhere, and the last one says that it is the last.
public enum SecretStream {
  /// Bytes of the stream's own header, which is no secret.
  public static let headerByteCount = 24
  /// Bytes by which a sealed chunk is longer than its plaintext.
  public static let overhead = 17

  /// Seals chunks in order.
  public final class Sealer {
    private let state: StreamState
    /// What an opener needs to begin: 24 bytes.
    public let header: [UInt8]

    /// Begins a stream under a key of its own.
    public init(key: borrowing Key<StreamKeyPurpose>) {
      state = StreamState()
      let state = unsafe state.pointer
      header = unsafe [UInt8](unsafeUninitializedCapacity: SecretStream.headerByteCount) { out, count in
        guard let out = out.baseAddress else { return }
        unsafe key.withUnsafePointer { key in
          _ = unsafe crypto_secretstream_xchacha20poly1305_init_push(state, out, key)
        }
        count = SecretStream.headerByteCount
      }
    }

    /// Seals the next chunk.
    ///
    /// - Parameters:
    ///   - isLast: whether it is the last one.
    ///   - associatedData: what the chunk is bound to.
    public func seal(
      _ chunk: Span<UInt8>, isLast: Bool, associatedData: Span<UInt8>
    ) -> [UInt8] {
      let tag =
        isLast
        ? crypto_secretstream_xchacha20poly1305_tag_final()
        : crypto_secretstream_xchacha20poly1305_tag_message()
      let count = chunk.count + SecretStream.overhead
      return unsafe [UInt8](unsafeUninitializedCapacity: count) { out, initialized in
        guard let out = out.baseAddress else { return }
        unsafe chunk.withBase { chunk, chunkCount in
          unsafe associatedData.withBase { data, dataCount in
            _ = unsafe crypto_secretstream_xchacha20poly1305_push(
              state.pointer, out, nil, chunk, UInt64(chunkCount), data, UInt64(dataCount), tag)
          }
        }
        initialized = count
      }
    }
  }

  /// Opens chunks in the order in which they were sealed.
  public final class Opener {
    private let state: StreamState

    /// Begins with the stream's header.
    ///
    /// - Throws: `.wrongLength` or `.malformed` for a header that is none.
    public init(key: borrowing Key<StreamKeyPurpose>, header: [UInt8]) throws(SodiumError) {
      guard header.count == SecretStream.headerByteCount else {
        throw SodiumError(.wrongLength, "the header of a sealed stream has 24 bytes")
      }
      state = StreamState()
      let state = unsafe state.pointer
      let status = unsafe key.withUnsafePointer { key in
        unsafe crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
      }
      guard status == 0 else { throw SodiumError(.malformed, "the header of a sealed stream is malformed") }
    }

    /// Opens the next chunk; tells whether it was sealed as the last.
    ///
    /// - Throws: `.truncated`, or `.forged` for a chunk that is not the next one, or was changed.
    public func open(
      _ sealed: Span<UInt8>, associatedData: Span<UInt8>
    ) throws(SodiumError) -> (chunk: [UInt8], isLast: Bool) {
      guard sealed.count >= SecretStream.overhead else {
        throw SodiumError(.truncated, "a chunk of a sealed stream ends within its tag")
      }
      var tag: UInt8 = 0
      var status: Int32 = -1
      let chunk = unsafe [UInt8](unsafeUninitializedCapacity: sealed.count) { out, initialized in
        guard let out = out.baseAddress else { return }
        unsafe sealed.withBase { sealed, sealedCount in
          unsafe associatedData.withBase { data, dataCount in
            status = unsafe crypto_secretstream_xchacha20poly1305_pull(
              state.pointer, out, nil, &tag, sealed, UInt64(sealedCount), data, UInt64(dataCount))
          }
        }
        initialized = status == 0 ? sealed.count - SecretStream.overhead : 0
      }
      guard status == 0 else {
        throw SodiumError(.forged, "a chunk of a sealed stream does not authenticate")
      }
      return (chunk, tag == crypto_secretstream_xchacha20poly1305_tag_final())
    }
  }
}

/// The state of a stream, which holds its key, in guarded memory.
@safe
struct StreamState: ~Copyable, @unchecked Sendable {
  let pointer: UnsafeMutablePointer<crypto_secretstream_xchacha20poly1305_state>

  init() {
    Library.start()
    typealias State = crypto_secretstream_xchacha20poly1305_state
    guard let memory = unsafe sodium_malloc(MemoryLayout<State>.size) else {
      fatalError("out of guarded memory")
    }
    unsafe pointer = memory.bindMemory(to: State.self, capacity: 1)
  }

  deinit { unsafe sodium_free(pointer) }
}
