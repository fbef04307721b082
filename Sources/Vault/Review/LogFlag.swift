public import AuditLog
internal import Sodium

/// Something in the log that a reviewer should look at, and close with a reason or act on.
public struct LogFlag: Sendable, Hashable {
  /// What was noticed.
  public enum Rule: String, Sendable, Hashable, CaseIterable {
    /// Something was refused.
    case denied
    /// Outside working hours.
    case afterHours = "after-hours"
    /// More customers on a day than the user's own days before.
    case volume
    /// A user's first use of a purpose.
    case firstPurpose = "first-purpose"
    /// A bulk read without the reference of a case.
    case bulkWithoutTicket = "bulk-without-ticket"
    /// An intent that no result follows: assume that all of it was seen.
    case noResult = "no-result"
    /// A result that reaches beyond its intent, has none, or is a second one.
    case resultExceedsIntent = "result-exceeds-intent"
    /// A clock that was moved.
    case clockJump = "clock-jump"
    /// A user who has done nothing for long.
    case dormantUser = "dormant-user"
    /// A user who acts again after long.
    case dormantReturn = "dormant-return"
    /// One user, one customer, again and again.
    case repeatedLooks = "repeated-looks"
    /// Many fields revealed at once.
    case manyReveals = "many-reveals"
    /// Something sensitive, while nobody else could have approved it.
    case unapproved
    /// A review that closes nothing: about the reviewer's own entries, or without his signature or right.
    case invalidReview = "invalid-review"
  }

  /// By which review a flag was closed.
  public struct Closing: Sendable, Hashable {
    /// The review's entry.
    public let entry: UInt64
    /// The reviewer's name.
    public let reviewer: String
    /// When.
    public let time: LogTime
    /// What the reviewer wrote.
    public let note: String
  }

  /// `F-` and 16 symbols: the same in every reading of this log. What happens after a flag was closed is another
  /// flag.
  public let id: String
  /// What was noticed.
  public let rule: Rule
  /// The name of the user whom it is about.
  public let actor: String
  /// The user's key id.
  public let key: String
  /// The time of the first and of the last entry.
  public let first, last: LogTime
  /// The entries, in order.
  public let entries: [UInt64]
  /// What was noticed, in words.
  public let text: String
  /// The review that closed it, or nil while it is open.
  public internal(set) var closing: Closing?

  /// Whether nobody has closed it.
  public var isOpen: Bool { closing == nil }

  /// The id of a flag: Crockford's base32 of 80 bits of BLAKE2b-256 of what makes it this one.
  static func id(_ vault: VaultID, _ rule: Rule, _ group: String, first seq: UInt64) -> String {
    var bytes = Array("crmvault/flag/v1".utf8) + [0] + vault.bytes
    bytes += Array(rule.rawValue.utf8) + [0] + Array(group.utf8) + [0]
    bytes.appendBigEndian(seq)
    let number = BLAKE2b.digest256(bytes).bytes.prefix(10).reduce(0 as UInt128) { $0 << 8 | UInt128($1) }
    let symbols = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    let text = (0..<16).map { symbols[Int(truncatingIfNeeded: number >> UInt128(75 - 5 * $0)) & 31] }
    return "F-" + String(decoding: text, as: UTF8.self)
  }

  /// The id that a person typed, in its one form, or nil.
  public static func parse(_ text: String) -> String? {
    let upper = text.uppercased()
    guard upper.utf8.count == 18, upper.hasPrefix("F-"),
      upper.dropFirst(2).allSatisfy({ "0123456789ABCDEFGHJKMNPQRSTVWXYZ".contains($0) })
    else { return nil }
    return upper
  }
}
