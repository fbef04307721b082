import Anonymization
import Page
import Scoring
import Vault

/// A report on customers as one page that needs nothing else: it opens offline, runs nothing, and its policy forbids whatever
/// it does not need.
struct ScorePage {
  private let figures: ScoreFigures
  private let evaluation: HoldoutEvaluation?
  private let holdout: Holdout
  private let vault: VaultSettings
  private let policy: String
  private let window: Window
  private let version: String

  init(
    _ figures: ScoreFigures, _ evaluation: HoldoutEvaluation?, _ holdout: Holdout, vault: VaultSettings,
    policy: String, window: Window, version: String
  ) {
    (self.figures, self.evaluation, self.holdout) = (figures, evaluation, holdout)
    (self.vault, self.policy, self.window, self.version) = (vault, policy, window, version)
  }

  private static let style = PageStyle.sheet + ScoreCharts.style

  /// The whole page.
  var html: String {
    var page = HTMLPage()
    let rules = [
      "default-src 'none'", "style-src \(HTMLText.policyHash(Self.style))", "base-uri 'none'",
      "form-action 'none'",
    ]
    page.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
    page.raw(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"\(rules.joined(separator: "; "))\">")
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
    page.raw("<meta name=\"referrer\" content=\"no-referrer\">")
    page.raw("<meta name=\"generator\" content=\"crmvault \(HTMLText.escaped(version))\">")
    page.element("title", "Customer scores: \(vault.name)")
    page.raw("<style>\(Self.style)</style></head><body><main>")
    page.element("h1", "Customer scores")
    page.raw("<p class=\"soft\">\(HTMLText.escaped(introduction))</p>")
    population(&page)
    distributions(&page)
    satisfaction(&page)
    grid(&page)
    segments(&page)
    concentration(&page)
    calibration(&page)
    method(&page)
    page.raw("</main></body></html>")
    return page.text
  }

  private var introduction: String {
    let from = window.from.map { "from \($0) " } ?? ""
    return
      "\(vault.name), \(from)through \(window.through) in \(vault.zone). Aggregates only: what speaks of fewer than "
      + "\(SuppressedTable.threshold) customers is left out, and so is what it could be worked out from."
  }

  private func customers(_ count: Int) -> String {
    (1..<SuppressedTable.threshold).contains(count)
      ? "under \(SuppressedTable.threshold)" : Figure.count(count)
  }

  private func count(_ cell: SuppressedTable.Cell) -> String {
    cell.count.map { Figure.count($0) } ?? "left out"
  }

  /// A table that scrolls on its own where the window is narrow.
  private func table(_ page: inout HTMLPage, _ head: [String], _ rows: [[String]]) {
    page.raw("<div class=\"wide\">")
    page.table(head, rows)
    page.raw("</div>")
  }

  // MARK: - Sections

  private func population(_ page: inout HTMLPage) {
    let gathered = figures.gathered
    let buyers = figures.buyers
    // One hidden number would follow from the others.
    let parts = SuppressedTable.list([
      buyers.repeating, buyers.all - buyers.repeating, gathered.customers.count - buyers.all,
    ])
    page.cards([
      ("customers", customers(gathered.customers.count)), ("bought more than once", count(parts[0])),
      ("bought once", count(parts[1])), ("did not buy", count(parts[2])), ("purpose", gathered.purpose),
      ("policy", policy),
    ])
    if !gathered.excluded.isEmpty {
      let reasons = gathered.excluded.map { "\($0.reason) \(customers(Int($0.customers)))" }
      page.element("p", "Left out of everything: \(reasons.joined(separator: ", ")).")
    }
    let foreign = gathered.foreign
    if foreign.converted + foreign.unconverted > 0 {
      page.element(
        "p",
        "Payments in other currencies: \(customers(foreign.converted)) converted, "
          + "\(customers(foreign.unconverted)) left out.")
    }
  }

  private func distributions(_ page: inout HTMLPage) {
    page.element("h2", "Distributions")
    if figures.distributions.isEmpty { page.element("p", "Too few customers bought to show one.") }
    for distribution in figures.distributions {
      page.element("h3", distribution.title)
      let bars = distribution.histogram.bins.map { (name: Self.label($0), value: Double($0.count)) }
      page.raw(
        "<figure>" + Chart.bars(bars, title: "Customers by \(distribution.title.lowercased())")
          + "<figcaption>Customers by \(HTMLText.escaped(distribution.unit)).</figcaption></figure>")
    }
  }

  /// Answers to ratings, where enough customers gave some.
  private func satisfaction(_ page: inout HTMLPage) {
    let ratings = figures.gathered.ratings.filter { $0.customers >= SuppressedTable.threshold }
    guard !ratings.isEmpty else { return }
    page.element("h2", "Satisfaction")
    func interval(_ estimate: Estimate?, _ text: (Double) -> String) -> String {
      estimate.map { "\(text($0.value)) (\(text($0.lower)) to \(text($0.upper)))" } ?? "–"
    }
    func points(_ score: Double) -> String { Figure.decimal(score * 100, 0) }
    let hasPromoters = ratings.contains { $0.counts.netPromoterScore() != nil }
    table(
      &page, ["rating", "answers", "satisfied", "mean"] + (hasPromoters ? ["net promoter score"] : []),
      ratings.map { rating in
        [
          rating.factor.rawValue.replacing("_", with: " "), Figure.count(rating.counts.total),
          interval(rating.counts.customerSatisfaction()) { Figure.percent($0) },
          interval(rating.counts.customerEffortScore()) { Figure.decimal($0, 2) },
        ] + (hasPromoters ? [interval(rating.counts.netPromoterScore(), points)] : [])
      })
    page.element(
      "p",
      "Satisfied are the two highest answers, with Wilson's interval; the mean has a normal one, the net promoter score an "
        + "adjusted Wald interval; 95 % each. Answers between two numbers or off the scale are not counted: "
        + "\(ratings.reduce(0) { $0 + $1.others } == 0 ? "there are none" : "there are some").")
  }

  private static func label(_ bin: Histogram.Bin) -> String {
    func number(_ value: Double) -> String {
      value == value.rounded() ? Figure.decimal(value, 0) : Figure.decimal(value, 1)
    }
    switch (bin.lower, bin.upper) {
    case (nil, nil): return "all"
    case (nil, let upper?): return "≤ \(number(upper))"
    case (let lower?, nil): return "> \(number(lower))"
    case (let lower?, let upper?): return "\(number(lower))–\(number(upper))"
    }
  }

  private func grid(_ page: inout HTMLPage) {
    guard let grid = figures.grid else { return }
    page.element("h2", "RFM grid")
    page.raw(
      "<figure>" + ScoreCharts.grid(grid)
        + "<figcaption>Customers by bin of recency (rows, the most recent above) and of frequency (columns, the most "
        + "frequent to the right).</figcaption></figure>")
    let bins = figures.settings.bins
    table(
      &page, ["recency"] + (1...bins).map { "frequency \($0)" } + ["all"],
      grid.cells.indices.map { row in
        ["\(bins - row)"] + grid.cells[row].map(count) + [count(grid.rowTotals[row])]
      } + [["all"] + grid.columnTotals.map(count) + [count(grid.total)]])
  }

  private func segments(_ page: inout HTMLPage) {
    guard !figures.segments.isEmpty else { return }
    page.element("h2", "Segments")
    let shown = figures.segments.filter { $0.customers != 0 }
    table(
      &page, ["segment", "customers", "recency, days", "frequency", "amount"],
      shown.map { line in
        let amount = line.profile?.amount(minorDigits: figures.settings.minorDigits)
        return [
          line.name, line.customers.map { Figure.count($0) } ?? "left out",
          line.profile?.recencyDays.map { Figure.decimal($0, 0) } ?? "–",
          line.profile?.frequency.map { Figure.decimal($0, 2) } ?? "–",
          amount.map { Figure.decimal($0, 2) } ?? "–",
        ]
      })
    page.element(
      "p", "Means of the customers of a segment; names and bins are those of crmvault segment list.")
  }

  private func concentration(_ page: inout HTMLPage) {
    page.element("h2", "Concentration of lifetime value")
    guard let points = figures.concentration else {
      page.element("p", "Not shown: too few customers bought twice to fit the models, or there are under 50.")
      return
    }
    page.raw(
      "<figure>" + ScoreCharts.curve(points)
        + "<figcaption>What share of the customer lifetime value of \(figures.settings.months) months the best customers "
        + "hold; the straight line is everybody the same.</figcaption></figure>")
    table(
      &page, ["best customers", "share of lifetime value"],
      points.map { [Figure.percent($0.customers), $0.amount.map { Figure.percent($0) } ?? "–"] })
  }

  private func calibration(_ page: inout HTMLPage) {
    page.element("h2", "Judged on what came afterwards")
    guard let evaluation, evaluation.customers >= SuppressedTable.threshold else {
      page.element("p", "Too few customers are known by \(holdout.cut) to judge by.")
      return
    }
    let buyers = SuppressedTable.list([evaluation.buyers, evaluation.customers - evaluation.buyers])
    page.element(
      "p",
      "Models that saw nothing after \(holdout.cut), judged by \(holdout.days.first) to \(holdout.days.last): "
        + "\(Figure.count(evaluation.customers)) customers, of whom bought: \(count(buyers[0])).")
    func figure(_ value: Double?) -> String { value.map { Figure.decimal($0) } ?? "–" }
    table(
      &page, ["model", "Spearman", "AUC", "best tenth holds", "expected over actual"],
      evaluation.results.map { result in
        [
          result.name, figure(result.quality.spearman), figure(result.quality.areaUnderCurve),
          result.quality.topDecileCapture.map { Figure.percent($0) } ?? "–",
          figure(result.calibration?.totalRatio),
        ]
      })
    for result in evaluation.results {
      guard let groups = result.calibration?.shown, !groups.isEmpty else { continue }
      page.element("h3", "Calibration of \(result.name)")
      page.raw(
        "<figure>"
          + Chart.pairs(
            groups.map(\.predicted), groups.map(\.actual),
            title: "Expected and actual purchases of \(result.name)")
          + "<figcaption><span class=\"key before\"></span>expected <span class=\"key after\"></span>actual mean purchases in "
          + "the holdout, customers from the least to the most expected, in groups of about the same size.</figcaption></figure>"
      )
    }
  }

  private func method(_ page: inout HTMLPage) {
    page.element("h2", "Method")
    page.element(
      "p",
      "An occasion is a local day with "
        + "net spend above 0, or with any payment where the run says so; refunds count against their order. "
        + "Lifetime value is MBG/NBD purchases times Gamma-Gamma spend over \(figures.settings.months) months, discounted by "
        + "\(Figure.percent(figures.settings.monthlyRate)) a month.")
    table(
      &page, ["fit", "status", "parameters", "ln likelihood"],
      figures.fits.map { fit in
        [
          fit.model.identifier, fit.status.rawValue,
          fit.parameters.map { "\($0.name) \(Figure.decimal($0.value, 4))" }.joined(separator: ", "),
          fit.logLikelihood.map { Figure.decimal($0, 2) } ?? "–",
        ]
      })
    for fit in figures.fits {
      for warning in fit.warnings { page.element("p", "\(fit.model.name): \(warning.description)") }
    }
  }
}
