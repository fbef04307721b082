import CSodium

/// BLAKE2b (RFC 7693), plain and keyed. `BLAKE2b.Stream` takes its input piece by piece.
public enum BLAKE2b {
  /// The hash of `bytes`, 16 to 64 bytes long.
  public static func hash(_ bytes: Span<UInt8>, count: Int = 32) -> [UInt8] {
    precondition((16...64).contains(count), "a BLAKE2b hash has 16 to 64 bytes")
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
      unsafe bytes.withBase { input, inputCount in
        guard let out = output.baseAddress else { return }
        unsafe rawHash(input, count: inputCount, into: out, outCount: count)
      }
      initialized = count
    }
  }

  /// The 32-byte hash of `bytes`.
  public static func digest256(_ bytes: Span<UInt8>) -> Digest32 {
    unsafe bytes.withBase { input, inputCount in
      unsafe Digest32 { out in
        unsafe rawHash(input, count: inputCount, into: out, outCount: 32)
      }
    }
  }

  /// The 32-byte hash of `bytes`.
  public static func digest256(_ bytes: [UInt8]) -> Digest32 { digest256(bytes.span) }

  /// The 32-byte hash of `bytes` under `key`, which has 16 to 64 bytes: a message authentication code and a
  /// pseudorandom function.
  public static func keyed256<P: KeyPurpose>(
    key: borrowing Key<P>, _ bytes: Span<UInt8>
  ) -> Digest32 {
    unsafe key.withUnsafePointer { key in
      unsafe bytes.withBase { input, inputCount in
        unsafe Digest32 { out in
          unsafe rawKeyed(
            key: key, keyCount: P.byteCount, input, count: inputCount, into: out,
            outCount: 32)
        }
      }
    }
  }

  /// The 32-byte hash of `bytes` under `key`.
  public static func keyed256<P: KeyPurpose>(key: borrowing Key<P>, _ bytes: [UInt8]) -> Digest32 {
    keyed256(key: key, bytes.span)
  }

  /// A key derived from `key`: the hash of `label` under it, as long as the new purpose wants.
  public static func derive<P: KeyPurpose, Q: KeyPurpose>(
    from key: borrowing Key<P>, _ label: Span<UInt8>, as purpose: Q.Type = Q.self
  ) -> Key<Q> {
    unsafe Key<Q>.fillingUnsafe { out in
      unsafe key.withUnsafePointer { key in
        unsafe label.withBase { input, inputCount in
          unsafe rawKeyed(
            key: key, keyCount: P.byteCount, input, count: inputCount, into: out,
            outCount: Q.byteCount)
        }
      }
    }
  }
}
