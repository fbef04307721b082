internal import Yams

/// How long backups are kept: `backups` in the policy's `retention`.
///
/// ```yaml
/// retention:
///   backups: 90d
/// ```
///
/// What was erased is unreadable in every backup; that it was there, and the keyed digests of identifiers, are not. So a
/// backup has an end too. The program warns; the file is its owner's to destroy.
public struct BackupRules: Sendable, Hashable {
  /// After how many days a backup is to be destroyed; nil for never.
  public var maximumDays: Int?

  /// Kept for ever.
  public init() {}
}

extension BackupRules {
  init(_ node: YAMLMap?) throws(VaultError) {
    self.init()
    guard var map = node else { return }
    maximumDays = try LogRules.days("backups", &map)
    try map.finish()
  }
}
