public import Scoring

/// The scores of a run in a form that can be saved, whatever the model.
public struct ScoresToSave {
  /// The model.
  public let model: ModelDescription
  /// The days that were looked at.
  public let window: Window
  /// How events became factors.
  public let definitions: FactorDefinitions
  /// The name of the norms, or nil.
  public let norms: String?
  /// The purpose of the run.
  public let purpose: String
  /// The index of the entry that announced the run.
  public let entry: UInt64
  /// Customers without scores, by reason.
  public let excluded: [(reason: String, customers: UInt64)]
  /// What is kept of each customer; the last one is the model's result.
  public let columns: [String]
  /// Visits the scored customers in ascending order of ordinals, each with what gives the number of a column.
  let visit: ((UInt64, (Int) -> Double?) throws -> Void) throws -> Void
}

extension ScoredCustomers {
  /// The run's scores, with the factors beside them.
  public var toSave: ScoresToSave {
    let run = run
    let factors = FactorSet.reported.factors
    let scores = run.blocks.first?.scores.scores ?? []
    return ScoresToSave(
      model: run.model, window: run.window, definitions: run.definitions, norms: nil, purpose: purpose,
      entry: entries.intent, excluded: excluded, columns: factors.map(\.rawValue) + scores.map(\.rawValue)
    ) { body in
      for block in run.blocks {
        for place in 0..<block.count {
          let row = block[place]
          try body(row.ordinal) { column in
            column < factors.count ? row.factors[factors[column]] : row.scores[scores[column - factors.count]]
          }
        }
      }
    }
  }
}

extension GatheredCustomers {
  /// The scores of a model over these customers.
  ///
  /// - Parameters:
  ///   - scores: what the model made of them.
  ///   - plan: the window and the definitions that they were gathered by.
  ///   - norms: the name of the norms, or nil.
  public func toSave(_ scores: PopulationScores, _ plan: ScorePlan, norms: String? = nil) -> ScoresToSave {
    let customers = customers
    let columns = scores.hasModel ? scores.columns : []
    return ScoresToSave(
      model: scores.model.about, window: plan.window, definitions: plan.definitions, norms: norms,
      purpose: purpose, entry: entries.intent,
      excluded: excluded + scores.excluded.map { ($0.reason, UInt64($0.customers)) },
      columns: columns.map(\.name)
    ) { body in
      for (place, customer) in customers.enumerated() where scores.exclusions[place] == nil {
        try body(customer.ordinal) { columns[$0].values[place] }
      }
    }
  }
}

extension FactorDefinitions {
  /// The definitions in words, for the catalogue.
  var words: String { "frequency \(frequency.rawValue), other currencies \(otherCurrency.rawValue)" }
}
