internal import Sodium

/// The permission bits that one batch changes: each block is opened and sealed once.
final class ImportPermissions {
  private struct Key: Hashable {
    let purpose: String
    let first: UInt64
  }
  private var changes: [Key: [(ordinal: UInt64, isGranted: Bool, isObjected: Bool)]] = [:]

  /// Sets a customer's bits for a purpose.
  func set(_ ordinal: UInt64, purpose: String, isGranted: Bool, isObjected: Bool) {
    let first = ordinal / PermissionBlock.ordinalCount * PermissionBlock.ordinalCount
    changes[Key(purpose: purpose, first: first), default: []].append((ordinal, isGranted, isObjected))
  }

  /// Writes every block that has a change.
  func write(key: SharedKey<ClassKeyPurpose>, vault: VaultID, _ commit: Commit) throws {
    for (block, changes) in changes {
      try PermissionBits.change(
        purpose: block.purpose, first: block.first, key: key, vault: vault, commit
      ) { bits in
        for change in changes {
          bits.set(change.ordinal, isGranted: change.isGranted, isObjected: change.isObjected)
        }
      }
    }
  }
}
