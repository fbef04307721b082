public import Anonymization
public import DisclosureRisk
internal import Page

/// A risk report as one HTML file: the three headings of Opinion 05/2014 on Anonymisation Techniques (WP216), with what
/// was measured under each, the utility, and what is not protected against.
public struct RiskReport {
  /// Tables above so many rows are not recoded again for the frontier.
  static let mostFrontierRows = 200_000
  static let frontierSteps = [2, 3, 5, 10, 20, 50, 100]

  let plan: ReleasePlan
  let recoding: Recoding
  let measures: RiskMeasures
  let file: String
  let linkability: [Linkability]

  /// What holding several releases leaves of k: measured by intersecting their classes.
  public struct Linkability: Sendable {
    /// Who holds them, in words.
    public let holder: String
    /// How many releases, this one included.
    public let releases: Int
    /// What is left.
    public let standing: CandidateSets.Standing

    /// The figures of a holder.
    public init(holder: String, releases: Int, standing: CandidateSets.Standing) {
      self.holder = holder
      self.releases = releases
      self.standing = standing
    }
  }

  /// A report on a release.
  ///
  /// - Parameters:
  ///   - file: the name of the table, as the reader knows it.
  ///   - linkability: what it leaves together with earlier releases; empty where none are known.
  public init(
    _ plan: ReleasePlan, _ recoding: Recoding, _ measures: RiskMeasures, file: String,
    linkability: [Linkability] = []
  ) {
    self.linkability = linkability
    self.plan = plan
    self.recoding = recoding
    self.measures = measures
    self.file = file
  }

  /// The page.
  ///
  /// - Parameter generator: for the recodings of the frontier.
  public func html(using generator: inout some RandomNumberGenerator) throws -> String {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    var page = HTMLPage()
    page.raw("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
    page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"\(PageStyle.policy)\">")
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
    page.raw("<meta name=\"referrer\" content=\"no-referrer\">")
    page.element("title", "Disclosure risk of a release of \(name)")
    page.raw("<style>\(PageStyle.sheet)</style></head><body><main>")
    page.element("h1", "Disclosure risk of a release of \(name)")
    page.raw(
      "<p class=\"soft\">Measured from the written file, by code that shares nothing with what recoded it. "
        + "This page shows figures of the original table: it is for those who decide, not for the recipient.</p>"
    )
    cards(&page)
    singlingOut(&page)
    linkability(&page)
    inference(&page)
    utility(&page)
    try frontier(&page, &generator)
    limits(&page)
    page.raw("</main></body></html>")
    return page.text
  }

  private func cards(_ page: inout HTMLPage) {
    var cards = [
      ("rows", Figure.count(measures.rows)), ("left out", Figure.count(measures.loss?.suppressed ?? 0)),
      ("classes", Figure.count(measures.classes)), ("k, fewest people", Figure.count(measures.k)),
    ]
    if let l = measures.l { cards.append(("l, fewest values", Figure.count(l))) }
    if let t = measures.t { cards.append(("t, greatest distance", Figure.decimal(t))) }
    if let loss = measures.loss { cards.append(("loss (NCP)", Figure.percent(loss.certaintyPenalty))) }
    cards.append(("recoding", plan.profile.mode.rawValue))
    page.raw("<dl class=\"cards\">")
    for (name, value) in cards {
      page.raw("<div><dt>\(HTMLText.escaped(name))</dt><dd>\(HTMLText.escaped(value))</dd></div>")
    }
    page.raw("</dl>")
    page.element("p", "Asked for: " + asked)
  }

  private var asked: String {
    let profile = plan.profile
    var parts = ["k = \(profile.k)"]
    for diversity in profile.diversity {
      switch diversity {
      case .distinct(let l): parts.append("l = \(l)")
      case .entropy(let l): parts.append("entropy l = \(Figure.decimal(l, 2))")
      case .recursive(let c, let l): parts.append("(c,l) = (\(Figure.decimal(c, 2)), \(l))")
      }
    }
    if let t = profile.t { parts.append("t = \(Figure.decimal(t, 2))") }
    parts.append("at most \(Figure.percent(profile.suppression)) of rows left out")
    return parts.joined(separator: ", ") + "; quasi-identifiers: "
      + profile.quasiIdentifiers.joined(separator: ", ") + "."
  }

  // MARK: The three headings

  private func singlingOut(_ page: inout HTMLPage) {
    page.element("h2", "Singling out")
    page.element(
      "p",
      "Can a row be tied to one person? The attack: somebody who knows all quasi-identifiers of a person looks for the "
        + "rows that agree.")
    var rows = [
      ["people alone in their class", Figure.count(measures.uniques)],
      ["prosecutor risk, greatest (1 over the smallest class)", Figure.percent(measures.risk.prosecutorMax)],
      ["prosecutor risk, mean over rows", Figure.percent(measures.risk.prosecutorMean)],
      [
        "journalist risk, greatest, if the file is all of the population",
        Figure.percent(measures.risk.journalistMax),
      ],
      [
        "marketer risk: share of rows matched rightly if all are tried",
        Figure.percent(measures.risk.marketer),
      ],
    ]
    if let wildcard = WildcardRisk(recoding).mean {
      rows.append(["the same mean if a * may be any value (wildcard risk)", Figure.percent(wildcard)])
    }
    page.table(["measured", ""], rows)
    let sizes = ClassSizes(measures.rowsByClassSize).bars
    page.raw("<figure>" + Chart.bars(sizes, title: "Rows by the size of their class"))
    page.raw("<figcaption>Rows by the number of people in their class.</figcaption></figure>")
  }

  private func linkability(_ page: inout HTMLPage) {
    page.element("h2", "Linkability")
    page.element(
      "p",
      "Can rows of this file be tied to rows of another about the same person? The attack: intersect the classes of "
        + "two releases. Rows carry no id, no number and no order of the source. Two releases that each meet their limits "
        + "can undo each other.")
    guard !linkability.isEmpty else {
      page.element(
        "p",
        "No earlier release was given here, so nothing was measured. Before another release of the same people, check "
          + "them together.")
      return
    }
    page.raw("<div class=\"wide\">")
    page.table(
      [
        "who holds them", "releases", "people", "fewest candidates", "with too few candidates",
        "with none but themselves",
      ],
      linkability.map { figures in
        [
          figures.holder, Figure.count(figures.releases), Figure.count(figures.standing.customers),
          Figure.count(figures.standing.k), Figure.count(figures.standing.failing.count),
          Figure.count(figures.standing.alone),
        ]
      })
    page.raw("</div>")
  }

  private func inference(_ page: inout HTMLPage) {
    page.element("h2", "Inference")
    guard !measures.sensitive.isEmpty else {
      page.element("p", "The profile names no sensitive column, so nothing was measured under this heading.")
      return
    }
    page.element(
      "p",
      "Can something be learnt of a person without finding the row? The attacks: read it off a class in which everybody "
        + "has the same value, or guess the most frequent value of the class; the baseline guesses the most frequent one "
        + "of the file.")
    page.raw("<div class=\"wide\">")
    page.table(
      [
        "column", "l", "entropy l", "t", "greatest share", "in homogeneous classes", "best guess", "baseline",
      ],
      measures.sensitive.map { column in
        guard !column.isQuasi else {
          return [
            column.name, "\(column.l) possible", "–", "–", "–", Figure.percent(column.homogeneousShare), "–",
            "–",
          ]
        }
        return [
          column.name, "\(column.l)", Figure.decimal(column.entropyL, 2), Figure.decimal(column.t),
          Figure.percent(column.alpha), Figure.percent(column.homogeneousShare),
          Figure.percent(column.bestGuess),
          Figure.percent(column.baseline),
        ]
      })
    page.raw("</div>")
  }

  private func limits(_ page: inout HTMLPage) {
    page.element("h2", "What is not protected against")
    page.raw("<ul>")
    for limit in [
      "Somebody who knows more of a person than the quasi-identifiers that the profile names.",
      "Other releases of the same people, by whomever: each narrows down the candidates.",
      "What the file says of everybody alike: that most of a class have a value is learnt of each of them.",
      "Sensitive values that differ but mean the same, as far as l and t do not know their meaning.",
      "An attack on the way recodings are chosen: the order of levels is random, which takes certainty from such an "
        + "attack, and proves nothing.",
      "Being in the file at all.",
    ] { page.element("li", limit) }
    page.raw("</ul>")
  }
}
