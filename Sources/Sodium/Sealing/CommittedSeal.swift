/// Sealed bytes that commit to their key: under any other key they do not open, and say so.
///
/// `format u8 ‖ algorithm u8 ‖ epoch u32 big-endian ‖ nonce (24) ‖ commitment (32) ‖ ciphertext and tag`.
/// BLAKE2b-512 of class key (32) ‖ customer key (32, or zeros for what is not one customer's) ‖ nonce, with a
/// personal string of 16 bytes, gives the key of XChaCha20-Poly1305 (bytes 0..31) and the commitment
/// (32..63), which is compared first. Whoever seals puts format, algorithm and epoch into the associated data.
public enum CommittedSeal {
  /// The format byte this version writes and reads.
  public static let format: UInt8 = 1
  /// The algorithm byte: BLAKE2b-512 commitment, XChaCha20-Poly1305.
  public static let algorithm: UInt8 = 1
  /// Bytes before the ciphertext: format, algorithm, epoch, nonce, commitment.
  public static let headerByteCount = 62
  /// Bytes by which the sealed form is longer than the (padded) plaintext.
  public static let overhead = headerByteCount + AEAD.tagByteCount

  /// Seals `plaintext` under a class key and a customer's key.
  ///
  /// - Parameters:
  ///   - plaintext: what to seal.
  ///   - classKey: 32 bytes.
  ///   - customerKey: 32 bytes.
  ///   - personal: what kind of thing is sealed, exactly 16 ASCII bytes.
  ///   - epoch: the epoch of the class key, shown in the clear.
  ///   - associatedData: what the sealed bytes are bound to.
  ///   - pad: whether to hide the exact length, see `Padding`.
  public static func seal<A: KeyPurpose, B: KeyPurpose>(
    _ plaintext: Span<UInt8>, classKey: borrowing Key<A>, customerKey: borrowing Key<B>,
    personal: StaticString, epoch: UInt32, associatedData: Span<UInt8>, pad: Bool
  ) -> [UInt8] {
    checkLengths(classKey: A.byteCount, customerKey: B.byteCount, personal: personal)
    return unsafe classKey.withUnsafePointer { classKey in
      unsafe customerKey.withUnsafePointer { customerKey in
        unsafe seal(
          plaintext, classKey: classKey, customerKey: customerKey, personal: personal, epoch: epoch,
          associatedData: associatedData, pad: pad)
      }
    }
  }

  /// Seals `plaintext` under a class key alone, with 32 zero bytes for the customer's.
  public static func seal<A: KeyPurpose>(
    _ plaintext: Span<UInt8>, classKey: borrowing Key<A>, personal: StaticString, epoch: UInt32,
    associatedData: Span<UInt8>, pad: Bool
  ) -> [UInt8] {
    checkLengths(classKey: A.byteCount, personal: personal)
    return unsafe classKey.withUnsafePointer { classKey in
      unsafe seal(
        plaintext, classKey: classKey, customerKey: nil, personal: personal, epoch: epoch,
        associatedData: associatedData, pad: pad)
    }
  }

  /// Opens `sealed` and adds its plaintext to `plaintext`.
  ///
  /// - Throws: `.truncated`, `.unknownFormat`, `.wrongKey` if it was sealed under other keys, `.forged` if the
  ///   bytes or the associated data differ, `.malformed` if the padding is wrong. Nothing is added then.
  public static func open<A: KeyPurpose, B: KeyPurpose>(
    _ sealed: Span<UInt8>, classKey: borrowing Key<A>, customerKey: borrowing Key<B>,
    personal: StaticString, associatedData: Span<UInt8>, pad: Bool, into plaintext: inout WipedBytes
  ) throws(SodiumError) {
    checkLengths(classKey: A.byteCount, customerKey: B.byteCount, personal: personal)
    try unsafe classKey.withUnsafePointer { (classKey) throws(SodiumError) in
      try unsafe customerKey.withUnsafePointer { (customerKey) throws(SodiumError) in
        try unsafe open(
          sealed, classKey: classKey, customerKey: customerKey, personal: personal,
          associatedData: associatedData, pad: pad, into: &plaintext)
      }
    }
  }

  /// Opens what was sealed under a class key alone, and adds its plaintext to `plaintext`.
  ///
  /// - Throws: as the form with two keys.
  public static func open<A: KeyPurpose>(
    _ sealed: Span<UInt8>, classKey: borrowing Key<A>, personal: StaticString,
    associatedData: Span<UInt8>, pad: Bool, into plaintext: inout WipedBytes
  ) throws(SodiumError) {
    checkLengths(classKey: A.byteCount, personal: personal)
    try unsafe classKey.withUnsafePointer { (classKey) throws(SodiumError) in
      try unsafe open(
        sealed, classKey: classKey, customerKey: nil, personal: personal,
        associatedData: associatedData, pad: pad, into: &plaintext)
    }
  }

  /// The epoch that `sealed` names, to choose the class key by. Not authenticated before it is opened.
  ///
  /// - Throws: `.truncated` or `.unknownFormat`.
  public static func epoch(of sealed: Span<UInt8>) throws(SodiumError) -> UInt32 {
    guard sealed.count >= overhead else { throw error(of: .truncated) }
    guard sealed[0] == format, sealed[1] == algorithm else { throw error(of: .unknownFormat) }
    return (2..<6).reduce(0) { $0 << 8 | UInt32(sealed[$1]) }
  }

  private static func checkLengths(classKey: Int, customerKey: Int = 32, personal: StaticString) {
    precondition(classKey == 32 && customerKey == 32, "the keys of a committed seal have 32 bytes")
    precondition(personal.utf8CodeUnitCount == 16, "a personal string has 16 bytes")
  }

  private static func seal(
    _ plaintext: Span<UInt8>, classKey: UnsafePointer<UInt8>, customerKey: UnsafePointer<UInt8>?,
    personal: StaticString, epoch: UInt32, associatedData: Span<UInt8>, pad: Bool
  ) -> [UInt8] {
    let count = sealedCount(plaintext.count, pad: pad)
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { output, initialized in
      guard let out = output.baseAddress else { return }
      unsafe plaintext.withBase { plain, plainCount in
        unsafe associatedData.withBase { data, dataCount in
          initialized = unsafe rawSeal(
            plain, count: plainCount, classKey: classKey, customerKey: customerKey,
            personal: personal.utf8Start, epoch: epoch, associatedData: data,
            associatedCount: dataCount, pad: pad, into: out)
        }
      }
    }
  }

  private static func open(
    _ sealed: Span<UInt8>, classKey: UnsafePointer<UInt8>, customerKey: UnsafePointer<UInt8>?,
    personal: StaticString, associatedData: Span<UInt8>, pad: Bool, into plaintext: inout WipedBytes
  ) throws(SodiumError) {
    let room = max(sealed.count - overhead, 0)
    try unsafe plaintext.appendUnsafe(upTo: room) { out throws(SodiumError) in
      let count = unsafe sealed.withBase { input, inputCount in
        unsafe associatedData.withBase { data, dataCount in
          unsafe rawOpen(
            input, count: inputCount, classKey: classKey, customerKey: customerKey,
            personal: personal.utf8Start, associatedData: data,
            associatedCount: dataCount, pad: pad, into: out)
        }
      }
      if let failure = Failure(rawValue: count) { throw error(of: failure) }
      return count
    }
  }
}
