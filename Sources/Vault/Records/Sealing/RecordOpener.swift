public import Sodium

/// Opens records of one vault, for a receipt whose scope they are in. There is no public way without one.
public struct RecordOpener: Sendable {
  /// The vault that the records belong to.
  public let vault: VaultID

  /// Opens for this vault.
  public init(vault: VaultID) { self.vault = vault }

  /// Opens a sealed record and adds its plaintext to `plaintext`. The epoch is the one that `sealed` names:
  /// the key must be the class's key of that epoch (``epoch(of:)``).
  ///
  /// - Throws: `.outOfScope` before anything is opened; `.wrongKey`, `.forged`, `.unknownFormat`,
  ///   `.malformed` (of the padding). Nothing is added then.
  public func open(
    _ sealed: Span<UInt8>, at address: RecordAddress, classKey: borrowing Key<ClassKeyPurpose>,
    customerKey: borrowing Key<CustomerKeyPurpose>, for receipt: borrowing AccessReceipt,
    into plaintext: inout WipedBytes
  ) throws(RecordError) {
    guard receipt.classes.contains(address.dataClass), receipt.subjects.contains(address.ordinal) else {
      throw RecordError(.outOfScope, "the access that was granted does not cover this customer's record")
    }
    let vault = vault
    try unsafe plaintext.appendUnsafe(upTo: max(sealed.count - CommittedSeal.overhead, 0)) {
      out throws(RecordError) in
      let count = unsafe classKey.withUnsafePointer { classKey in
        unsafe customerKey.withUnsafePointer { customerKey in
          unsafe sealed.withUnsafeBufferPointer { sealed in
            unsafe RecordOpener.rawOpen(
              sealed.baseAddress, count: sealed.count, at: address, vault: vault, classKey: classKey,
              customerKey: customerKey, into: out)
          }
        }
      }
      if let failure = CommittedSeal.Failure(rawValue: count) { throw RecordError(failure) }
      return count
    }
  }

  /// The epoch of the class key that a sealed record needs, before it is authenticated.
  ///
  /// - Throws: `.unknownFormat` or `.forged` where the bytes are too few.
  public static func epoch(of sealed: Span<UInt8>) throws(RecordError) -> UInt32 {
    do {
      return try CommittedSeal.epoch(of: sealed)
    } catch {
      throw RecordError(error)
    }
  }

  /// Opens on raw memory, without allocation, for the bulk scan: **only for code that holds a receipt and has
  /// checked class and ordinal against it**. Both keys have 32 bytes; `out` has room for `count` less
  /// `CommittedSeal.overhead` bytes. Returns the plaintext's length, or the raw value of a
  /// `CommittedSeal.Failure`.
  package static func rawOpen(
    _ sealed: UnsafePointer<UInt8>?, count: Int, at address: RecordAddress, vault: VaultID,
    classKey: UnsafePointer<UInt8>, customerKey: UnsafePointer<UInt8>,
    into out: UnsafeMutablePointer<UInt8>
  ) -> Int {
    guard let sealed = unsafe sealed, count >= CommittedSeal.overhead else {
      return CommittedSeal.Failure.truncated.rawValue
    }
    let epoch = unsafe UInt32(
      bigEndian: UnsafeRawPointer(sealed).loadUnaligned(fromByteOffset: 2, as: UInt32.self))
    return AssociatedData.withBytes(of: address, vault: vault, epoch: epoch) { data in
      unsafe data.withUnsafeBufferPointer { data in
        unsafe CommittedSeal.rawOpen(
          sealed, count: count, classKey: classKey, customerKey: customerKey,
          personal: RecordSealer.personal.utf8Start, associatedData: data.baseAddress,
          associatedCount: data.count, pad: true, into: out)
      }
    }
  }
}

extension RecordError {
  /// What a failure of the raw form means for a record.
  init(_ failure: CommittedSeal.Failure) { self.init(CommittedSeal.error(of: failure)) }

  /// What a refusal of libsodium's layer means for a record.
  init(_ error: SodiumError) {
    switch error.code {
    case .wrongKey: self.init(.wrongKey, "the record was sealed under other keys than its own")
    case .unknownFormat: self.init(.unknownFormat, "the record has a format that this version cannot read")
    case .malformed: self.init(.malformed, "the record's padding is not what sealing it writes")
    default: self.init(.forged, "the record was changed, moved or relabelled")
    }
  }
}
