import CSodium

/// SHA-256 (FIPS 180-4), at once or piece by piece.
public struct SHA256: Sendable {
  private var state = crypto_hash_sha256_state()

  /// A hash of nothing so far.
  public init() {
    Library.start()
    _ = unsafe crypto_hash_sha256_init(&state)
  }

  /// Takes in further bytes.
  public mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withBase { buffer, bufferCount in
      _ = unsafe crypto_hash_sha256_update(&state, buffer, UInt64(bufferCount))
    }
  }

  /// Takes in further bytes.
  public mutating func update(_ bytes: [UInt8]) { update(bytes.span) }

  /// The hash of what was taken in so far; more can follow.
  public func finalize() -> Digest32 {
    var copy = self
    return unsafe Digest32 { out in _ = unsafe crypto_hash_sha256_final(&copy.state, out) }
  }

  /// The hash of `bytes`.
  public static func hash(_ bytes: Span<UInt8>) -> Digest32 {
    unsafe bytes.withBase { buffer, bufferCount in
      unsafe Digest32 { out in unsafe rawHash(buffer, count: bufferCount, into: out) }
    }
  }

  /// The hash of `bytes`.
  public static func hash(_ bytes: [UInt8]) -> Digest32 { hash(bytes.span) }

  /// Writes the 32 bytes of the hash of `count` bytes at `input` to `out`, without allocation.
  package static func rawHash(
    _ input: UnsafePointer<UInt8>?, count: Int, into out: UnsafeMutablePointer<UInt8>
  ) {
    _ = unsafe crypto_hash_sha256(out, input, UInt64(count))
  }
}
