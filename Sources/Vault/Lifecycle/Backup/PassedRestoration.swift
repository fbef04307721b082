internal import AuditLog

/// That a vault goes on from a backup, as a machine that had seen more is told once.
public struct PassedRestoration: Sendable, Hashable {
  /// What the statement says.
  public let restoration: Restoration
  /// How many entries the machine had seen.
  public let seenSize: UInt64
  /// Whether the machine had seen more than those who restored it knew of.
  public let seenMoreThanKnown: Bool

  init(_ restoration: Restoration, seen head: RememberedHead) {
    self.restoration = restoration
    seenSize = head.size
    let known = restoration.newer.map { ($0.origin, $0.size) } ?? (0, 0)
    seenMoreThanKnown = (head.origin, head.size) > known
  }
}
