public import Sodium

/// Seals records of one vault: what is written needs no receipt, what is read does (``RecordOpener``).
public struct RecordSealer: Sendable {
  /// The personal string that separates record keys from every other use of the same keys.
  static let personal: StaticString = "crmvault-record1"

  /// The vault that the records belong to.
  public let vault: VaultID

  /// Seals for this vault.
  public init(vault: VaultID) { self.vault = vault }

  /// The sealed record of FORMATS section 5, padded, under a fresh nonce.
  ///
  /// - Parameters:
  ///   - plaintext: what a codec of this folder encoded.
  ///   - address: where it belongs.
  ///   - classKey: the class's key of this epoch.
  ///   - customerKey: the customer's key for this class.
  ///   - epoch: the class key's epoch.
  public func seal(
    _ plaintext: Span<UInt8>, at address: RecordAddress, classKey: borrowing Key<ClassKeyPurpose>,
    customerKey: borrowing Key<CustomerKeyPurpose>, epoch: UInt32
  ) -> [UInt8] {
    unsafe classKey.withUnsafePointer { classKey in
      unsafe customerKey.withUnsafePointer { customerKey in
        unsafe plaintext.withUnsafeBufferPointer { plaintext in
          unsafe seal(
            plaintext.baseAddress, count: plaintext.count, at: address, classKey: classKey,
            customerKey: customerKey, epoch: epoch, nonce: nil)
        }
      }
    }
  }

  /// The same on raw memory, for imports, which take customer keys from one guarded arena. Both keys have
  /// 32 bytes. `nonce` has 24, or is nil for a random one: pass one only to reproduce a known answer.
  package func seal(
    _ plaintext: UnsafePointer<UInt8>?, count: Int, at address: RecordAddress,
    classKey: UnsafePointer<UInt8>, customerKey: UnsafePointer<UInt8>, epoch: UInt32,
    nonce: UnsafePointer<UInt8>? = nil
  ) -> [UInt8] {
    let sealedCount = CommittedSeal.sealedCount(count, pad: true)
    return AssociatedData.withBytes(of: address, vault: vault, epoch: epoch) { data in
      unsafe [UInt8](unsafeUninitializedCapacity: sealedCount) { output, initialized in
        guard let out = output.baseAddress else { return }
        unsafe data.withUnsafeBufferPointer { data in
          initialized = unsafe CommittedSeal.rawSeal(
            plaintext, count: count, classKey: classKey, customerKey: customerKey,
            personal: RecordSealer.personal.utf8Start, epoch: epoch, nonce: nonce,
            associatedData: data.baseAddress, associatedCount: data.count, pad: true, into: out)
        }
      }
    }
  }
}
