public import Vault

extension Pseudonym {
  /// A pseudonym of nobody: random, and no ordinal's.
  public static func random() -> Pseudonym {
    Pseudonym(high: .random(in: .min ... .max), low: .random(in: .min ... .max))
  }
}
