import Anonymization
import Scoring
import Vault

/// What a report says of a population: aggregates, none of which speaks of a few.
struct ScoreFigures {
  /// A distribution with its name and what its numbers are.
  struct Distribution {
    let title: String
    let unit: String
    let histogram: Histogram
  }

  let gathered: GatheredCustomers
  let settings: PopulationSettings
  /// Distributions that have a bin.
  let distributions: [Distribution]
  /// Customers by bin of recency (rows, the best first) and frequency (columns, the least first); nil where nobody bought.
  let grid: SuppressedTable?
  /// The segments; none where nobody bought.
  let segments: [SegmentOutput.Line]
  /// What share of lifetime value the best customers hold; nil where it was not found or there are too few.
  let concentration: [LiftChart.Point]?
  /// How the models of lifetime value were fitted.
  let fits: [FitSummary]
  /// How many customers have an occasion, and how many of them more than one.
  let buyers: (all: Int, repeating: Int)

  /// The fewest customers of a step of the curve.
  private static let steps = 10

  init(_ gathered: GatheredCustomers, _ settings: PopulationSettings) throws {
    (self.gathered, self.settings) = (gathered, settings)
    let members = gathered.members
    let inputs = members.compactMap { $0.rfmInput(minorDigits: settings.minorDigits) }
    buyers = (inputs.count, inputs.count { $0.frequency > 1 })
    let composite = try PopulationScores(.composite, of: members, settings: settings)
    let scores = composite.columns.first { $0.name == "composite" }?.values.compactMap(\.self) ?? []
    distributions =
      [
        Distribution(
          title: "Recency", unit: "days since the last occasion",
          histogram: Histogram(inputs.map { Double($0.recencyDays) })),
        Distribution(
          title: "Frequency", unit: "occasions", histogram: Histogram(inputs.map { Double($0.frequency) })),
        Distribution(
          title: "Amount", unit: "net, in major units", histogram: Histogram(inputs.map(\.monetary))),
        Distribution(
          title: "Composite score", unit: "mean percentile of recency, frequency and amount",
          histogram: Histogram(scores, borders: Histogram.tenths)),
      ].filter { !$0.histogram.bins.isEmpty } + Self.ratings(members)
    if inputs.isEmpty {
      (grid, segments) = (nil, [])
    } else {
      grid = try Self.grid(inputs, settings)
      let segmentation = try Segmentation(.rfm, of: members, settings: settings)
      segments = SegmentOutput(gathered, segmentation, Window(through: settings.asOf), limit: nil).lines
    }
    let worth = try PopulationScores(.lifetimeValue, of: members, settings: settings)
    fits = worth.fits
    concentration = try Self.concentration(worth)
  }

  private static func ratings(_ members: [PopulationMember]) -> [Distribution] {
    let kinds: [(Factor, String)] = [
      (.productQuality, "Product quality"), (.serviceQuality, "Service quality"),
      (.priceSatisfaction, "Price satisfaction"),
    ]
    return kinds.map { factor, title in
      Distribution(
        title: title, unit: "mean rating of a customer",
        histogram: Histogram(members.compactMap { $0.factors[factor] }, borders: Histogram.halves))
    }.filter { !$0.histogram.bins.isEmpty }
  }

  private static func grid(_ inputs: [RFMInput], _ settings: PopulationSettings) throws -> SuppressedTable {
    let binning = try RFMBinning(of: inputs, bins: settings.bins)
    var counts = Array(repeating: [Int](repeating: 0, count: settings.bins), count: settings.bins)
    for input in inputs {
      let score = binning.score(input)
      counts[settings.bins - score.recency][score.frequency - 1] += 1
    }
    return try SuppressedTable(counts)
  }

  private static func concentration(_ worth: PopulationScores) throws -> [LiftChart.Point]? {
    guard let values = worth.columns.first(where: { $0.name == "clv" })?.values.compactMap(\.self),
      values.count >= steps * SuppressedTable.threshold
    else { return nil }
    let chart = try LiftChart(
      scores: values, amounts: values, bought: Array(repeating: true, count: values.count), steps: steps)
    return chart.points
  }
}
