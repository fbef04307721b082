import CSodium

/// Keys derived from a key by context and number (`crypto_kdf`: BLAKE2b with the number as salt and the
/// context as personal string).
public enum Subkey {
  /// The key number `id` of `context` under `key`.
  ///
  /// - Parameters:
  ///   - key: the parent, 32 bytes.
  ///   - context: what the subkey is for, exactly 8 ASCII bytes.
  ///   - id: which of the 2^64 subkeys of this context.
  ///   - purpose: what the result is for; it may have 16 to 64 bytes.
  public static func derive<P: KeyPurpose, Q: KeyPurpose>(
    from key: borrowing Key<P>, context: StaticString, id: UInt64, as purpose: Q.Type = Q.self
  ) -> Key<Q> {
    precondition(P.byteCount == Int(crypto_kdf_KEYBYTES), "a parent of subkeys has 32 bytes")
    precondition((16...64).contains(Q.byteCount), "a subkey has 16 to 64 bytes")
    precondition(context.utf8CodeUnitCount == Int(crypto_kdf_CONTEXTBYTES), "a context has 8 bytes")
    return unsafe Key<Q>.fillingUnsafe { out in
      unsafe key.withUnsafePointer { parent in
        unsafe rawDerive(
          from: parent, context: context.utf8Start, id: id, into: out, count: Q.byteCount)
      }
    }
  }

  /// The same on raw memory, without allocation: parent of 32 bytes, context of 8, `count` from 16 to 64.
  package static func rawDerive(
    from key: UnsafePointer<UInt8>, context: UnsafePointer<UInt8>, id: UInt64,
    into out: UnsafeMutablePointer<UInt8>, count: Int
  ) {
    Library.start()
    let context = unsafe UnsafeRawPointer(context).assumingMemoryBound(to: CChar.self)
    let status = unsafe crypto_kdf_derive_from_key(out, count, id, context, key)
    precondition(status == 0, "a subkey has 16 to 64 bytes")
  }
}
