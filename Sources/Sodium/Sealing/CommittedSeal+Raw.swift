import CSodium

// Forms on raw memory, for scans: no allocation, no generics, errors as negative numbers.
extension CommittedSeal {
  /// Why `rawOpen` opened nothing: the negative number that it returned.
  package enum Failure: Int, Sendable {
    case truncated = -1
    case unknownFormat = -2
    case wrongKey = -3
    case forged = -4
    case malformedPadding = -5
  }

  /// The error that says the same as `failure`.
  package static func error(of failure: Failure) -> SodiumError {
    switch failure {
    case .truncated: SodiumError(.truncated, "sealed bytes end within their header or tag")
    case .unknownFormat: SodiumError(.unknownFormat, "sealed bytes of an unknown format or algorithm")
    case .wrongKey: SodiumError(.wrongKey, "sealed under other keys than these")
    case .forged: SodiumError(.forged, "sealed bytes do not authenticate")
    case .malformedPadding: SodiumError(.malformed, "the padding of sealed bytes is not canonical")
    }
  }

  /// The length of the sealed form of `count` bytes.
  package static func sealedCount(_ count: Int, pad: Bool) -> Int {
    overhead + (pad ? Padding.paddedCount(count) : count)
  }

  /// Seals `count` bytes at `plaintext` into `sealedCount(count, pad:)` bytes at `out`; returns their number.
  ///
  /// Keys have 32 bytes, a customer key of `nil` stands for zeros, `personal` has 16 bytes. `nonce` has 24, or
  /// is `nil` for a random one: pass one only to reproduce a known answer.
  package static func rawSeal(
    _ plaintext: UnsafePointer<UInt8>?, count: Int, classKey: UnsafePointer<UInt8>,
    customerKey: UnsafePointer<UInt8>?, personal: UnsafePointer<UInt8>, epoch: UInt32,
    nonce: UnsafePointer<UInt8>? = nil, associatedData: UnsafePointer<UInt8>?, associatedCount: Int,
    pad: Bool, into out: UnsafeMutablePointer<UInt8>
  ) -> Int {
    Library.start()
    unsafe out[0] = format
    unsafe out[1] = algorithm
    unsafe UnsafeMutableRawPointer(out + 2).storeBytes(of: epoch.bigEndian, as: UInt32.self)
    if let nonce = unsafe nonce {
      unsafe (out + 6).update(from: nonce, count: AEAD.nonceByteCount)
    } else {
      unsafe randombytes_buf(out + 6, AEAD.nonceByteCount)
    }

    // Encrypted in place, so that no padded copy of the plaintext is left anywhere.
    let body = unsafe out + headerByteCount
    if let plaintext = unsafe plaintext { unsafe body.update(from: plaintext, count: count) }
    let bodyCount = pad ? unsafe count + Padding.rawFill(body + count, contentCount: count) : count

    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: scratchByteCount) { scratch in
      guard let scratch = scratch.baseAddress else { return }
      unsafe deriveKey(
        scratch, classKey: classKey, customerKey: customerKey, nonce: out + 6, personal: personal)
      unsafe (out + 30).update(from: scratch + 32, count: 32)
      _ = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
        body, nil, body, UInt64(bodyCount), associatedData, UInt64(associatedCount), nil, out + 6,
        scratch)
      unsafe sodium_memzero(scratch, scratchByteCount)
    }
    return overhead + bodyCount
  }

  /// Opens `count` bytes at `sealed` into at most `count - overhead` bytes at `out`.
  ///
  /// Returns the length of the plaintext (without padding, if `pad`), or the raw value of a `Failure`: then
  /// `out` is untouched or zero. Keys have 32 bytes, a customer key of `nil` stands for zeros.
  package static func rawOpen(
    _ sealed: UnsafePointer<UInt8>?, count: Int, classKey: UnsafePointer<UInt8>,
    customerKey: UnsafePointer<UInt8>?, personal: UnsafePointer<UInt8>,
    associatedData: UnsafePointer<UInt8>?, associatedCount: Int, pad: Bool,
    into out: UnsafeMutablePointer<UInt8>
  ) -> Int {
    guard let sealed = unsafe sealed, count >= overhead else { return Failure.truncated.rawValue }
    guard unsafe sealed[0] == format, unsafe sealed[1] == algorithm else {
      return Failure.unknownFormat.rawValue
    }
    Library.start()
    let bodyCount = count - overhead
    return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: scratchByteCount) { scratch in
      guard let scratch = scratch.baseAddress else { return Failure.wrongKey.rawValue }
      defer { unsafe sodium_memzero(scratch, scratchByteCount) }
      unsafe deriveKey(
        scratch, classKey: classKey, customerKey: customerKey, nonce: sealed + 6, personal: personal)
      guard unsafe crypto_verify_32(scratch + 32, sealed + 30) == 0 else {
        return Failure.wrongKey.rawValue
      }
      let status = unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
        out, nil, nil, sealed + headerByteCount, UInt64(count - headerByteCount), associatedData,
        UInt64(associatedCount), sealed + 6, scratch)
      guard status == 0 else { return Failure.forged.rawValue }
      guard pad else { return bodyCount }
      let contentCount = unsafe Padding.rawContentCount(out, count: bodyCount)
      guard contentCount >= 0 else {
        unsafe sodium_memzero(out, bodyCount)
        return Failure.malformedPadding.rawValue
      }
      return contentCount
    }
  }

  // 64 bytes of key and commitment, then 88 of what they are hashed from.
  private static let scratchByteCount = 64 + 88

  @inline(__always)
  private static func deriveKey(
    _ scratch: UnsafeMutablePointer<UInt8>, classKey: UnsafePointer<UInt8>,
    customerKey: UnsafePointer<UInt8>?, nonce: UnsafePointer<UInt8>, personal: UnsafePointer<UInt8>
  ) {
    let input = unsafe scratch + 64
    unsafe input.update(from: classKey, count: 32)
    if let customerKey = unsafe customerKey {
      unsafe (input + 32).update(from: customerKey, count: 32)
    } else {
      unsafe (input + 32).update(repeating: 0, count: 32)
    }
    unsafe (input + 64).update(from: nonce, count: 24)
    _ = unsafe crypto_generichash_blake2b_salt_personal(scratch, 64, input, 88, nil, 0, nil, personal)
  }
}
