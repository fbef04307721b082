/// Global recoding: one level for each column, the best of all nodes of the lattice.
///
/// A node's loss is the mean penalty of its cells, a suppressed row counting 1 in each; what it would be without
/// suppression is a lower bound. The nodes are visited by rising bound, until the bound reaches the best loss.
/// A node whose classes below k hold more rows than may be suppressed rules out all finer nodes.
struct OptimalNode {
  private let recoder: Recoder
  private let lattice: Lattice
  private var table: Microdata { recoder.table }

  init(_ recoder: Recoder) {
    self.recoder = recoder
    lattice = Lattice(recoder.table)
  }

  func recode() throws(AnonymizationError) -> Recoding {
    let publication = NodePublication(table, k: recoder.limits.k)
    let order = lattice.ordered()
    let allowed = Int(Double(table.rowCount) * recoder.limits.suppression)
    var best: (loss: Double, levels: [Int])?
    var pairs = PairProjections(lattice)
    for (step, node) in order.enumerated() {
      if step % 64 == 0 { recoder.progress(step, order.count) }
      let levels = lattice.levels(of: node)
      if let best, lattice.expectedLoss(levels) >= best.loss { break }
      let isPossible = pairs.isPossible(levels) { projection in
        publication.rowsInClasses(at: projection) >= table.rowCount - allowed
      }
      guard isPossible else { continue }
      guard let outcome = publication.loss(at: levels, lattice, atMost: allowed) else {
        continue
      }
      if outcome < best?.loss ?? .infinity { best = (outcome, levels) }
    }
    guard let best else {
      throw AnonymizationError(
        .cannotBeMet, reason: "no combination of levels meets the limits with so little suppression",
        hint: "raise the suppression limit, or ask for less k, l or t")
    }
    var final = publication
    final.publish(at: best.levels)
    return final.recoding(mode: .global, levels: best.levels)
  }
}

/// What two columns alone say: where they leave too many rows in classes below k with all others at the top, so
/// does every node that has their levels (the subset property of LeFevre, DeWitt, Ramakrishnan, "Incognito", SIGMOD
/// 2005).
private struct PairProjections {
  private let lattice: Lattice
  private var known: [Int: Bool] = [:]

  init(_ lattice: Lattice) {
    self.lattice = lattice
  }

  /// Whether no pair rules a node out; each pair of levels is asked for once.
  mutating func isPossible(_ levels: [Int], _ test: ([Int]) -> Bool) -> Bool {
    for first in levels.indices {
      for second in levels.indices where second > first {
        var projection = lattice.depths.map { $0 - 1 }
        projection[first] = levels[first]
        projection[second] = levels[second]
        let node = lattice.node(projection)
        let answer = known[node] ?? test(projection)
        known[node] = answer
        if !answer { return false }
      }
    }
    return true
  }
}
