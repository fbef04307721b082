internal import Yams

/// How long customer data is kept: the policy's `retention` section. What it leaves out is kept without limit.
///
/// ```yaml
/// retention:
///   classes: {identity: 3y, profile: 3y, behavior: 5y, consent: 6y}
///   consents: {marketing: 2y}     # a consent for the purpose ends so long after it was given
///   backups: 90d
/// ```
public struct RetentionRules: Sendable, Hashable {
  /// After how many days data of a class goes: events by their own time; superseded statements about consent by theirs;
  /// identity and profile once nothing was heard of the customer for so long.
  public var classDays: [DataClass: Int] = [:]
  /// After how many days a consent ends, by purpose.
  public var consentDays: [String: Int] = [:]
  /// How old a backup may become.
  public var backupDays: Int?

  /// Nothing is taken away.
  public init() {}

  /// Whether anything of customers' data ends at all.
  public var isStated: Bool { !classDays.isEmpty || !consentDays.isEmpty }

  /// The moment before which a number of days has passed: seconds since 1970.
  static func limit(days: Int, now: Int64) -> Int64 { now - Int64(days) * 86_400 }
}

extension RetentionRules {
  init(_ node: YAMLMap?, purposes: [String: Purpose]) throws(VaultError) {
    self.init()
    guard var map = node else { return }
    if var classes = try map.optionalMap("classes") {
      // Saved scores have no end yet: a time that nobody applies is not to be stated.
      for dataClass in DataClass.allCases where dataClass != .score {
        classDays[dataClass] = try LogRules.days(dataClass.name, &classes)
      }
      try classes.finish()
    }
    if var consents = try map.optionalMap("consents") {
      for purpose in purposes.values.sorted(by: { $0.name < $1.name }) {
        guard let days = try LogRules.days(purpose.name, &consents) else { continue }
        guard purpose.rule == .consent else {
          throw consents.error(purpose.name, "rests on no consent that could end")
        }
        consentDays[purpose.name] = days
      }
      try consents.finish()
    }
    backupDays = try LogRules.days("backups", &map)
    try map.finish()
  }
}
