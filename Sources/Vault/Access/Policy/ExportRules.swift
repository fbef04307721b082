public import Anonymization

/// What the policy says of exports: `exports` in the policy's text.
///
/// ```yaml
/// exports:
///   notice: "2025-03"             # the version of the privacy notice, where the command names none
///   risk: 0.2                     # the greatest prosecutor risk of a release without a second person
///   vault_budget: {epsilon: 3, delta: 1/100000}
///   recipient_budget: {epsilon: 1, delta: 1/100000}
/// ```
public struct ExportRules: Sendable, Hashable {
  /// The most that may be spent of a privacy budget.
  public struct Budget: Sendable, Hashable {
    /// Epsilon.
    public var epsilon: Rational
    /// Delta.
    public var delta: Rational
  }

  /// The version of the privacy notice, or nil where each command names it.
  public var notice: String?
  /// The greatest prosecutor risk of a release that needs no second person.
  public var risk = Rational(1, over: 5)
  /// What all releases together may spend.
  public var vaultBudget = Budget(epsilon: Rational(3), delta: Rational(1, over: 100_000))
  /// What the releases to one recipient may spend.
  public var recipientBudget = Budget(epsilon: .one, delta: Rational(1, over: 100_000))

  /// The rules of a policy that says nothing of exports.
  public init() {}
}

extension ExportRules {
  init(_ node: YAMLMap?) throws(VaultError) {
    self.init()
    guard var map = node else { return }
    notice = try map.optionalText("notice")
    if let notice, !ExportNames.isReference(notice) {
      throw map.error("notice", "is not one line of at most 100 bytes")
    }
    if let text = try map.optionalText("risk") {
      guard let risk = Rational(text), risk <= .one else {
        throw map.error("risk", "is not a share from 0 to 1, such as 0.2 or 1/5")
      }
      self.risk = risk
    }
    if let budget = try map.optionalMap("vault_budget") { vaultBudget = try Self.budget(budget) }
    if let budget = try map.optionalMap("recipient_budget") { recipientBudget = try Self.budget(budget) }
    try map.finish()
  }

  private static func budget(_ map: YAMLMap) throws(VaultError) -> Budget {
    var map = map
    guard let epsilon = Rational(try map.text("epsilon")) else {
      throw map.error("epsilon", "is not a number from 0, as a fraction or a decimal: 1/10 or 0.1")
    }
    let delta = try map.optionalText("delta").map { Rational($0) } ?? .zero
    guard let delta, delta < .one else {
      throw map.error("delta", "is not a number from 0 to below 1, as a fraction or a decimal")
    }
    try map.finish()
    return Budget(epsilon: epsilon, delta: delta)
  }
}

/// Names that an export is given by people.
public enum ExportNames {
  /// Whether a text may be a recipient's name: letters, digits, `.`, `_` and `-`, at most 64, a letter or digit first.
  /// Names that differ only in case are the same recipient.
  public static func isRecipient(_ text: String) -> Bool {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x5F, 0x2D: true
      default: false
      }
    }
    guard isPlain, (1...64).contains(text.utf8.count), let first = text.utf8.first else { return false }
    return (first | 0x20 >= 0x61 && first | 0x20 <= 0x7A) || (0x30...0x39).contains(first)
  }

  /// Whether a text may be a reference: one line of at most 100 bytes.
  public static func isReference(_ text: String) -> Bool {
    (1...100).contains(text.utf8.count)
      && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
  }
}
