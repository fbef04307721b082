internal import Yams

/// What the policy says of the log: `log` in the policy's text.
///
/// ```yaml
/// log:
///   cosigned_bulk: 1              # of the vault's witnesses, over the intent, before data is released in bulk
///   retention: {who: 3y, entries: 10y}
/// ```
public struct LogRules: Sendable, Hashable {
  /// How many of the vault's witnesses must have cosigned the intent before personal data is released in bulk.
  public var cosignedBulk = 0
  /// After how many days *who* is erased; nil for never.
  public var whoDays: Int?
  /// After how many days whole entries are pruned; nil for never.
  public var entryDays: Int?

  /// Nothing is asked, nothing is pruned.
  public init() {}

  /// So many days.
  static func nanoseconds(days: Int) -> UInt64 { UInt64(days) * 86_400 * 1_000_000_000 }

  /// Whether anything of the log ends at all.
  public var hasRetention: Bool { whoDays != nil || entryDays != nil }
}

extension LogRules {
  init(_ node: YAMLMap?) throws(VaultError) {
    self.init()
    guard var map = node else { return }
    if let text = try map.optionalText("cosigned_bulk") {
      guard let number = Int(text), (0...16).contains(number) else {
        throw map.error("cosigned_bulk", "is no number of witnesses (0 to 16)")
      }
      cosignedBulk = number
    }
    if var retention = try map.optionalMap("retention") {
      whoDays = try Self.days("who", &retention)
      entryDays = try Self.days("entries", &retention)
      try retention.finish()
    }
    try map.finish()
  }

  /// A number of days (`90d`) or years (`3y`, of 366 days: never too early).
  static func days(_ key: String, _ map: inout YAMLMap) throws(VaultError) -> Int? {
    guard let text = try map.optionalText(key) else { return nil }
    let factor = text.hasSuffix("y") ? 366 : 1
    guard text.hasSuffix("y") || text.hasSuffix("d"), let number = Int(text.dropLast()), number > 0,
      number <= 36_600 / factor
    else { throw map.error(key, "is no time such as 90d or 3y") }
    return number * factor
  }
}
