/// What was measured of a published table.
public struct RiskMeasures: Sendable {
  /// The chances of somebody who tries to find people in the table.
  public struct Risk: Sendable, Equatable {
    /// Of finding the right row for a person known to be in the table, at worst: 1 over the smallest class (El Emam
    /// and Dankar, "Protecting Privacy Using k-Anonymity", JAMIA 15(5), 2008).
    public var prosecutorMax: Double
    /// The same on average over the rows.
    public var prosecutorMean: Double
    /// Of finding somebody not known to be in the table, at worst: 1 over the smallest class of the population. No
    /// other population is known here than the people of the table, which is the worst case.
    public var journalistMax: Double
    /// The expected share of rows that are matched rightly when all are tried: Dankar and El Emam, PAIS 2010; the
    /// population again the people of the table.
    public var marketer: Double
    /// The share of rows in classes where everybody has the same value of a sensitive column, at worst over columns.
    public var homogeneousShare: Double
  }

  /// What was measured of one sensitive column.
  public struct Sensitive: Sendable {
    /// The column's name.
    public var name: String
    /// Whether it is published generalized, as it is a quasi-identifier too: then only ``l`` is measured, as the
    /// number of values that its cells leave possible to whoever knows all other quasi-identifiers.
    public var isQuasi: Bool
    /// Distinct l-diversity: the fewest different values of a class.
    public var l: Int
    /// Entropy l-diversity: the exponential of the least entropy of a class.
    public var entropyL: Double
    /// Recursive (c,l)-diversity: every c above this holds with the measured ``l``; nil where l is 1.
    public var recursiveC: Double?
    /// t-closeness: the greatest distance of a class from the table.
    public var t: Double
    /// (alpha,k)-anonymity: the greatest share of one value in a class.
    public var alpha: Double
    /// Basic beta-likeness: the greatest relative gain of a value in a class (Cao and Karras, VLDB 2012).
    public var beta: Double
    /// Enhanced beta-likeness.
    public var enhancedBeta: Double
    /// delta-disclosure: the greatest absolute logarithm of a ratio of shares (Brickell and Shmatikov, KDD 2008).
    public var delta: Double
    /// The share of rows in classes where everybody has the same value.
    public var homogeneousShare: Double
    /// The share of rows whose value is guessed by taking the most frequent one of their class.
    public var bestGuess: Double
    /// The same by taking the most frequent one of the table.
    public var baseline: Double
  }

  /// The losses, which need the original table.
  public struct Loss: Sendable, Equatable {
    /// Normalized certainty penalty: the mean over all quasi-identifier cells, a suppressed one counting 1.
    public var certaintyPenalty: Double
    /// The same for each quasi-identifier.
    public var penaltyByColumn: [Double]
    /// For each quasi-identifier how the published cells are spread over its domain (``Scale/spread(_:)``).
    public var spreadByColumn: [[Double]]
    /// Discernibility (Bayardo and Agrawal, ICDE 2005): the sum of squared class sizes, and for each suppressed row
    /// the size of the table.
    public var discernibility: Double
    /// How many rows of the original are not in the table.
    public var suppressed: Int
  }

  /// How many rows there are.
  public var rows: Int
  /// How many people; as many as rows, where rows are people.
  public var people: Int
  /// How many classes the quasi-identifiers make.
  public var classes: Int
  /// k-anonymity: the fewest people of a class.
  public var k: Int
  /// The mean number of rows of a class.
  public var averageClass: Double
  /// How many rows are in classes of so many people, in ascending order of the latter.
  public var rowsByClassSize: [(people: Int, rows: Int)]
  /// How many people are alone in their class.
  public var uniques: Int
  /// The risks.
  public var risk: Risk
  /// The sensitive columns.
  public var sensitive: [Sensitive]
  /// The losses; nil where the original is not known.
  public var loss: Loss?

  private func worst(_ measure: (Sensitive) -> Double) -> Double? {
    sensitive.lazy.filter { !$0.isQuasi }.map(measure).max()
  }
  /// The least l of a column; nil without one.
  public var l: Int? { sensitive.map(\.l).min() }
  /// The least entropy l.
  public var entropyL: Double? { sensitive.lazy.filter { !$0.isQuasi }.map(\.entropyL).min() }
  /// The greatest c.
  public var recursiveC: Double? {
    let values = sensitive.filter { !$0.isQuasi }.map(\.recursiveC)
    return values.contains { $0 == nil } ? nil : values.compactMap(\.self).max()
  }
  /// The greatest t.
  public var t: Double? { worst(\.t) }
  /// The greatest alpha.
  public var alpha: Double? { worst(\.alpha) }
  /// The greatest beta.
  public var beta: Double? { worst(\.beta) }
  /// The greatest enhanced beta.
  public var enhancedBeta: Double? { worst(\.enhancedBeta) }
  /// The greatest delta.
  public var delta: Double? { worst(\.delta) }
}
