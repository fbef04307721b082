internal import AuditLog
internal import Sodium

/// One of the log's names and from which size on its checkpoints have it.
public struct OriginPeriod: Sendable, Hashable {
  /// Its number: 1 for the first, and a higher one after each restore from a backup.
  public let number: UInt32
  /// The first size whose checkpoint has it.
  public let since: UInt64
}

extension [OriginPeriod] {
  /// The number of the name under which an entry was written.
  func number(ofEntry seq: UInt64) -> UInt32 { last { $0.since <= seq + 1 }?.number ?? 1 }
}

extension Governance {
  /// The name of checkpoints of this size.
  func origin(atSize size: UInt64) -> LogOrigin {
    LogOrigin(base: vaultID.origin, number: origins.last { $0.since <= size }?.number ?? 1)
  }

  /// The name that the log has now.
  var origin: LogOrigin { LogOrigin(base: vaultID.origin, number: origins[origins.count - 1].number) }

  /// The key that must have signed a head, by its name and size; also one that a restore has left behind.
  ///
  /// - Throws: `wrongOrigin` for a name that the log never had.
  func verifierKey(of head: Checkpoint) throws(LogError) -> LogVerifierKey {
    let name = LogOrigin(head.origin)
    guard name.base.utf8.elementsEqual(vaultID.origin.utf8),
      let index = origins.lastIndex(where: { $0.number == name.number })
    else { throw LogError(.wrongOrigin, "the log never had the name \(head.origin)") }
    let last = index + 1 < origins.count ? origins[index + 1].since - 1 : UInt64.max
    return try LogVerifierKey(name: name.text, key: logKey(atSize: Swift.min(head.size, last)).key)
  }

  /// The restore that has left a remembered head behind; nil when the log must be that head's, or continue it.
  ///
  /// - Throws: `.integrity` for a head that only a later log can have, or another one than the restore names.
  func successor(of head: RememberedHead) throws(VaultError) -> Restoration? {
    guard head.origin <= origin.number else { throw VerifiedLog.rollback }
    guard let next = restorations.first(where: { $0.origin > head.origin }) else { return nil }
    if head.size <= next.size, origins.contains(where: { $0.number == head.origin }) { return nil }
    if let newer = next.newer, newer.origin == head.origin, newer.size == head.size, newer.root != head.root {
      throw VaultError(
        .integrity, "the vault was restored in place of another log than the one that was seen here",
        hint: "keep this copy as evidence and tell the privacy officer")
    }
    return next
  }
}
