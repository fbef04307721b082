public import Scoring

/// What a run of scores computes: the model, the days that count, and how events become factors.
public struct ScorePlan: Sendable {
  /// The model, with the scores that it is asked for.
  public let model: any ScoringModel
  /// The days that count; the last one is the as-of date, a whole day of the vault's zone.
  public let window: Window
  /// How events become factors.
  public let definitions: FactorDefinitions
  /// The decimals of a currency, by its ISO 4217 code; nil for one that is not known.
  public let minorDigits: @Sendable (String) -> Int?
  /// Whether statistics are read where the window holds all that happened; else the events of everybody. The scores
  /// are the same.
  public var usesStatistics = true
  /// Dated rates of other currencies into the vault's; nil where there are none.
  public let rates: ExchangeRates?

  /// A plan.
  public init(
    model: any ScoringModel, window: Window, definitions: FactorDefinitions = FactorDefinitions(),
    rates: ExchangeRates? = nil, minorDigits: @escaping @Sendable (String) -> Int?
  ) {
    self.model = model
    self.window = window
    self.definitions = definitions
    self.minorDigits = minorDigits
    self.rates = rates
  }

  /// The decimals of a vault's currency.
  ///
  /// - Throws: `.configuration` for a currency whose decimals are not known.
  func minorDigits(of settings: VaultSettings) throws(VaultError) -> Int {
    guard let digits = minorDigits(settings.currency) else {
      throw VaultError(.configuration, "the decimals of the vault's currency are not known")
    }
    return digits
  }
}
