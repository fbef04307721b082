internal import AuditLog
internal import Sodium

/// A block in a box, so that many can be kept.
final class BoxedPermissionBlock: Sendable {
  let block: PermissionBlock
  init(_ block: consuming PermissionBlock) { self.block = block }

  func isGranted(_ ordinal: UInt64) -> Bool { block.isGranted(ordinal) }

  func isObjected(_ ordinal: UInt64) -> Bool { block.isObjected(ordinal) }

  func allows(_ ordinal: UInt64, _ purpose: Purpose) -> Bool {
    purpose.allows(granted: block.isGranted(ordinal), objected: block.isObjected(ordinal))
  }
}

/// The permission bits of one purpose, opened by the gate under an entry that is already durable.
struct PermissionBits {
  /// A block as the store holds it.
  struct SealedBlock {
    let firstOrdinal: UInt64
    let version: UInt64
    let sealed: [UInt8]
  }

  private let blocks: [UInt64: BoxedPermissionBlock]

  /// The sealed blocks of a purpose that cover a range of ordinals.
  static func sealed(purpose: String, ordinals: Range<UInt64>, _ reader: any StoreReader) throws
    -> [SealedBlock]
  {
    let size = PermissionBlock.ordinalCount
    let first = ordinals.lowerBound / size * size
    var found: [SealedBlock] = []
    try reader.scan(
      Schema.permission, prefix: [.blob(PermissionBlock.object(ofPurpose: purpose).bytes)],
      range: Int64(first)..<Int64(max(ordinals.upperBound, first + 1)), descending: false
    ) { row in
      guard case .integer(let first) = row.values[1], first >= 0, UInt64(first).isMultiple(of: size),
        case .integer(let version) = row.values[2], version >= 0, case .blob(let sealed) = row.values[3]
      else { throw VaultError(.integrity, "a block of permission bits is malformed") }
      found.append(SealedBlock(firstOrdinal: UInt64(first), version: UInt64(version), sealed: sealed))
      return true
    }
    return found
  }

  /// Opens the blocks of a purpose.
  init(_ sealed: [SealedBlock], purpose: String, vault: VaultID, key: SharedKey<ClassKeyPurpose>)
    throws(RecordError)
  {
    var blocks: [UInt64: BoxedPermissionBlock] = [:]
    for block in sealed {
      blocks[block.firstOrdinal] = BoxedPermissionBlock(
        try PermissionBlock.openForGate(
          block.sealed.span, purpose: purpose, containing: block.firstOrdinal, vault: vault,
          version: block.version, classKey: key.key))
    }
    self.blocks = blocks
  }

  /// The block in which a customer's bits lie, or nil.
  func block(of ordinal: UInt64) -> BoxedPermissionBlock? {
    blocks[ordinal / PermissionBlock.ordinalCount * PermissionBlock.ordinalCount]
  }

  /// Whether the purpose's rule lets a customer be reached.
  func allows(_ ordinal: UInt64, _ purpose: Purpose) -> Bool {
    block(of: ordinal)?.allows(ordinal, purpose) ?? purpose.allows(granted: false, objected: false)
  }

  /// Everybody below `universe` whom the purpose may reach.
  func allowed(_ purpose: Purpose, universe: UInt64) throws(LogError) -> SubjectSet {
    var set = try SubjectSet(universe: universe)
    let size = PermissionBlock.ordinalCount
    for first in stride(from: 0, to: universe, by: Int(size)) {
      let range = first..<min(first + size, universe)
      guard let block = blocks[first] else {
        if purpose.allows(granted: false, objected: false) { try set.insert(range) }
        continue
      }
      for ordinal in range where block.allows(ordinal, purpose) { try set.insert(ordinal) }
    }
    return set
  }

  /// Sets a customer's bits for a purpose, in the transaction that changes the consent.
  static func set(
    _ ordinal: UInt64, purpose: String, isGranted: Bool, isObjected: Bool, key: SharedKey<ClassKeyPurpose>,
    vault: VaultID, _ commit: Commit
  ) throws {
    let first = ordinal / PermissionBlock.ordinalCount * PermissionBlock.ordinalCount
    try change(purpose: purpose, first: first, key: key, vault: vault, commit) {
      $0.set(ordinal, isGranted: isGranted, isObjected: isObjected)
    }
  }

  /// Changes the block of a purpose that begins with an ordinal.
  static func change(
    purpose: String, first: UInt64, key: SharedKey<ClassKeyPurpose>, vault: VaultID, _ commit: Commit,
    _ body: (inout PermissionBlock) -> Void
  ) throws {
    let object = PermissionBlock.object(ofPurpose: purpose)
    let rowKey: [Value] = [.blob(object.bytes), .integer(Int64(first))]
    let old = try commit.writer.row(Schema.permission, key: rowKey)
    var block: PermissionBlock
    var version: Int64 = 0
    if let old {
      guard case .integer(let oldVersion) = old.values[2], (0..<Int64.max).contains(oldVersion),
        case .blob(let sealed) = old.values[3]
      else { throw VaultError(.integrity, "a block of permission bits is malformed") }
      version = oldVersion + 1
      block = try PermissionBlock.openForGate(
        sealed.span, purpose: purpose, containing: first, vault: vault, version: UInt64(oldVersion),
        classKey: key.key)
    } else {
      block = PermissionBlock(purpose: purpose, containing: first)
    }
    body(&block)
    let sealed = block.seal(vault: vault, version: UInt64(version), classKey: key.key, epoch: KeyChain.epoch)
    let row = Row(rowKey + [.integer(version), .blob(sealed)])
    if let old {
      try commit.update(Schema.permission, from: old, to: row)
    } else {
      try commit.insert(Schema.permission, row)
    }
  }
}
