internal import Anonymization
internal import DisclosureRisk
internal import Page

extension RiskReport {
  /// What is lost, in numbers and in a picture for each column.
  func utility(_ page: inout HTMLPage) {
    page.element("h2", "Utility")
    guard let loss = measures.loss else { return }
    page.table(
      ["measured", ""],
      [
        ["normalized certainty penalty, all cells", Figure.percent(loss.certaintyPenalty)],
        ["discernibility", Figure.decimal(loss.discernibility, 0)],
        ["mean rows of a class", Figure.decimal(measures.averageClass, 1)],
        ["rows left out", Figure.count(loss.suppressed)],
      ])
    page.raw(
      "<p>Each picture: rows by value, <span class=\"key before\"></span>before and <span class=\"key after\"></span>as "
        + "published, a merged cell spread evenly over what it may be. Bars of fewer than 5 rows are not drawn.</p>"
    )
    for (place, column) in plan.microdata.quasiIdentifiers.enumerated() {
      guard place < loss.penaltyByColumn.count, let before = originalSpread(of: column.name) else { continue }
      page.element("h3", "\(column.name): \(Figure.percent(loss.penaltyByColumn[place])) lost")
      let bins = min(32, max(1, before.count))
      page.raw(
        "<figure>"
          + Chart.pairs(
            Self.binned(before, bins), Self.binned(loss.spreadByColumn[place], bins),
            title: "\(column.name) before and as published") + "</figure>")
    }
  }

  /// The original rows over the same places.
  private func originalSpread(of name: String) -> [Double]? {
    guard let column = plan.measured.first(where: { $0.name == name }), let scale = column.scale,
      let place = plan.microdata.quasiIdentifiers.firstIndex(where: { $0.name == name })
    else { return nil }
    let quasi = plan.microdata.quasiIdentifiers[place]
    var counts = [Int](repeating: 0, count: quasi.hierarchy.values.count)
    for code in quasi.codes { counts[Int(code)] += 1 }
    return scale.spread(
      zip(quasi.hierarchy.values, counts).filter { $0.1 > 0 }.map {
        (label: SpreadsheetText.harmless($0), count: $1)
      })
  }

  private static func binned(_ values: [Double], _ bins: Int) -> [Double] {
    var result = [Double](repeating: 0, count: bins)
    for (place, value) in values.enumerated() { result[place * bins / max(1, values.count)] += value }
    return result.map { $0 < Double(SuppressedTable.threshold) ? 0 : $0 }
  }

  /// What other k would cost and give.
  func frontier(_ page: inout HTMLPage, _ generator: inout some RandomNumberGenerator) throws {
    page.element("h2", "Risk and utility over k")
    guard plan.microdata.rowCount <= Self.mostFrontierRows else {
      page.element(
        "p",
        "Not computed: the table has more than \(Figure.count(Self.mostFrontierRows)) rows, which each k recodes anew."
      )
      return
    }
    var rows: [[String]] = []
    var names: [String] = []
    var losses: [Double] = []
    var risks: [Double] = []
    for k in Self.frontierSteps where k <= plan.microdata.personCount {
      var limits = plan.limits
      limits.k = k
      guard let recoder = try? Recoder(plan.microdata, limits: limits),
        let other = try? recoder.recode(plan.profile.mode, using: &generator)
      else {
        rows.append(["k = \(k)", "cannot be met", "", ""])
        continue
      }
      let claims = other.claims(of: plan.microdata)
      let risk = claims.rows == 0 ? 0 : Double(claims.classes) / Double(claims.rows)
      names.append("\(k)")
      losses.append(claims.certaintyPenalty)
      risks.append(risk)
      rows.append(
        [
          "k = \(k)", Figure.percent(claims.certaintyPenalty), Figure.percent(risk),
          Figure.count(claims.suppressed),
        ])
    }
    if names.count > 1 {
      page.raw(
        "<figure>"
          + Chart.lines(
            names, losses, risks, labels: ("loss", "mean prosecutor risk"), title: "Loss and risk over k")
          + "<figcaption>Over k: <span class=\"key before\"></span>loss and <span class=\"key after\"></span>mean "
          + "prosecutor risk, each on its own scale from 0.</figcaption></figure>")
    }
    page.table(["asked for", "loss (NCP)", "prosecutor risk, mean", "left out"], rows)
  }
}

/// Rows by the size of their class, in few steps.
struct ClassSizes {
  let bars: [(name: String, value: Double)]

  init(_ rowsBySize: [(people: Int, rows: Int)]) {
    let steps = [1, 2, 3, 5, 10, 20, 50, 100, 1000]
    bars = steps.indices.compactMap { index in
      let from = steps[index]
      let to = index + 1 < steps.count ? steps[index + 1] - 1 : Int.max
      let rows = rowsBySize.reduce(0) { $0 + ($1.people >= from && $1.people <= to ? $1.rows : 0) }
      let name = to == Int.max ? "\(from)+" : from == to ? "\(from)" : "\(from)–\(to)"
      return (name, Double(rows))
    }
  }
}

/// The mean chance of finding a row if whoever looks takes a `*` for any value: then rows of other classes agree too.
struct WildcardRisk {
  private static let mostClasses = 6000
  /// The mean over the rows; nil where there are too many classes to compare.
  let mean: Double?

  init(_ recoding: Recoding) {
    var sizes = [Int](repeating: 0, count: recoding.cells.count)
    for number in recoding.classOfRow where number != Recoding.suppressed { sizes[Int(number)] += 1 }
    guard sizes.count <= Self.mostClasses, sizes.contains(where: { $0 > 0 }) else {
      mean = nil
      return
    }
    let stars = recoding.vocabularies.map { $0.labels.firstIndex(of: Hierarchy.topLabel).map { UInt32($0) } }
    func agree(_ a: [UInt32], _ b: [UInt32]) -> Bool {
      for column in a.indices where a[column] != b[column] {
        guard let star = stars[column], a[column] == star || b[column] == star else { return false }
      }
      return true
    }
    var sum = 0.0
    for (number, cell) in recoding.cells.enumerated() where sizes[number] > 0 {
      var candidates = 0
      for (other, cells) in recoding.cells.enumerated() where sizes[other] > 0 && agree(cell, cells) {
        candidates += sizes[other]
      }
      sum += Double(sizes[number]) / Double(candidates)
    }
    mean = sum / Double(sizes.reduce(0, +))
  }
}
