public import Sodium

/// Two bits an ordinal for one purpose, `granted` and `objected`, for 1,024 ordinals: consent joined in bulk,
/// without opening a million records.
///
/// 128 bytes of `granted`, then 128 of `objected`; ordinal o is bit (o mod 8), the lowest first, of byte
/// (o mod 1024) / 8. The policy's rule is applied when the bits are read.
public struct PermissionBlock: ~Copyable, Sendable {
  /// Ordinals in a block.
  public static let ordinalCount: UInt64 = 1024
  /// Bytes of a block's plaintext.
  public static let byteCount = 256
  static let personal: StaticString = "crmvault-permit1"

  /// The purpose, as the object that the block belongs to: see ``object(ofPurpose:)``.
  public let object: BlockAddress.Object
  /// The first ordinal, a multiple of 1,024.
  public let firstOrdinal: UInt64
  private var bits: WipedBytes

  /// A block in which nobody granted or objected to anything.
  ///
  /// - Parameters:
  ///   - purpose: the purpose's name.
  ///   - ordinal: any ordinal of the block.
  public init(purpose: String, containing ordinal: UInt64) {
    self.init(object: PermissionBlock.object(ofPurpose: purpose), containing: ordinal)
    bits.append(count: PermissionBlock.byteCount) { _ in }
  }

  private init(object: BlockAddress.Object, containing ordinal: UInt64) {
    self.object = object
    firstOrdinal = ordinal & ~(PermissionBlock.ordinalCount - 1)
    bits = WipedBytes(capacity: PermissionBlock.byteCount)
  }

  /// The object id of a purpose: the first 16 bytes of BLAKE2b-256 of its name.
  public static func object(ofPurpose name: String) -> BlockAddress.Object {
    BlockAddress.Object(BLAKE2b.digest256(Array(name.utf8)).bytes.prefix(16)) ?? .none
  }

  /// Whether the customer of this ordinal consented; false for an ordinal of another block.
  public func isGranted(_ ordinal: UInt64) -> Bool { bit(0, ordinal) }

  /// Whether the customer of this ordinal objected; true for an ordinal of another block, as the safe answer.
  public func isObjected(_ ordinal: UInt64) -> Bool { !holds(ordinal) || bit(128, ordinal) }

  /// Sets both bits of an ordinal, which must be one of the block's.
  public mutating func set(_ ordinal: UInt64, isGranted: Bool, isObjected: Bool) {
    precondition(holds(ordinal), "an ordinal is set in its own block")
    setBit(0, ordinal, isGranted)
    setBit(128, ordinal, isObjected)
  }

  /// Lends the 128 bytes of `granted` and the 128 of `objected`, to join a whole block at once.
  package borrowing func withBits<R, E: Error>(
    _ body: (_ granted: Span<UInt8>, _ objected: Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try bits.withBytes { (bytes) throws(E) -> R in
      try body(bytes.extracting(0..<128), bytes.extracting(128..<256))
    }
  }

  private func holds(_ ordinal: UInt64) -> Bool {
    ordinal & ~(PermissionBlock.ordinalCount - 1) == firstOrdinal
  }

  private func bit(_ start: Int, _ ordinal: UInt64) -> Bool {
    guard holds(ordinal) else { return false }
    return bits.withBytes { $0[start + Int(ordinal & 1023) / 8] & (1 << UInt8(ordinal & 7)) != 0 }
  }

  private mutating func setBit(_ start: Int, _ ordinal: UInt64, _ isSet: Bool) {
    let index = start + Int(ordinal & 1023) / 8
    let mask = 1 << UInt8(ordinal & 7) as UInt8
    bits.withMutableBytes { $0[index] = isSet ? $0[index] | mask : $0[index] & ~mask }
  }
}

extension PermissionBlock {
  /// The block's address at a version.
  public func address(version: UInt64) -> BlockAddress {
    BlockAddress(.consent, kind: .permission, object: object, firstOrdinal: firstOrdinal, version: version)
  }

  /// The sealed block, under the consent class's key of this epoch and a fresh nonce.
  public borrowing func seal(
    vault: VaultID, version: UInt64, classKey: borrowing Key<ClassKeyPurpose>, epoch: UInt32
  ) -> [UInt8] {
    AssociatedData.withBytes(of: address(version: version), vault: vault, epoch: epoch) { data in
      bits.withBytes { bits in
        CommittedSeal.seal(
          bits, classKey: classKey, personal: PermissionBlock.personal, epoch: epoch, associatedData: data,
          pad: false)
      }
    }
  }

  /// Opens a sealed block for a receipt that covers the class `consent`.
  ///
  /// - Throws: `.outOfScope`, `.wrongKey`, `.forged`, `.unknownFormat`, `.malformed`.
  public static func open(
    _ sealed: Span<UInt8>, purpose: String, containing ordinal: UInt64, vault: VaultID, version: UInt64,
    classKey: borrowing Key<ClassKeyPurpose>, for receipt: borrowing AccessReceipt
  ) throws(RecordError) -> PermissionBlock {
    guard receipt.classes.contains(.consent) else {
      throw RecordError(.outOfScope, "the access that was granted does not cover consents")
    }
    return try openForGate(
      sealed, purpose: purpose, containing: ordinal, vault: vault, version: version, classKey: classKey)
  }

  /// Opens a sealed block without a receipt: for the gate alone, which joins the purpose with these bits after
  /// its entry is durable and *before* it mints the receipt (DESIGN section 1, step 3).
  static func openForGate(
    _ sealed: Span<UInt8>, purpose: String, containing ordinal: UInt64, vault: VaultID, version: UInt64,
    classKey: borrowing Key<ClassKeyPurpose>
  ) throws(RecordError) -> PermissionBlock {
    let epoch = try RecordOpener.epoch(of: sealed)
    var block = PermissionBlock(object: object(ofPurpose: purpose), containing: ordinal)
    do {
      try AssociatedData.withBytes(of: block.address(version: version), vault: vault, epoch: epoch) {
        (data) throws(SodiumError) in
        try CommittedSeal.open(
          sealed, classKey: classKey, personal: personal, associatedData: data, pad: false, into: &block.bits)
      }
    } catch {
      throw RecordError(error)
    }
    guard block.bits.count == byteCount else {
      throw RecordError(.malformed, "a block of permission bits has another length")
    }
    return block
  }
}
