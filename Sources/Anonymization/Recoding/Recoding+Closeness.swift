extension Recoding {
  /// Suppresses classes that are too far from the distribution of what is published.
  ///
  /// A reader compares a class with the published rows, from which the suppressed ones are missing. Each round
  /// changes that distribution, until no class is too far.
  mutating func suppressDistantClasses(of table: Microdata) {
    guard table.sensitive.contains(where: { $0.closeness != nil }) else { return }
    while true {
      let published = classOfRow
      let check = ClassCheck(table, k: 1) { published[$0] != Self.suppressed }
      var isDistant = [Bool](repeating: false, count: cells.count)
      for (number, rows) in rowsByClass().enumerated() where !rows.isEmpty {
        isDistant[number] = !check.isMet(by: rows, count: rows.count)
      }
      guard isDistant.contains(true) else { return }
      for row in classOfRow.indices
      where classOfRow[row] != Self.suppressed && isDistant[Int(classOfRow[row])] {
        classOfRow[row] = Self.suppressed
      }
    }
  }

  /// Where more rows are suppressed than the limit allows: gives up classes, those of the greatest penalty first,
  /// until they and the suppressed rows make one class that meets all limits with every cell at its top.
  mutating func dissolveClasses(of table: Microdata, _ limits: PrivacyLimits) {
    guard mode != .global, Double(suppressedCount) > limits.suppression * Double(table.rowCount) else {
      return
    }
    let check = ClassCheck(table, k: limits.k)
    let rows = rowsByClass()
    let penalty = cells.map { cell in
      cell.enumerated().reduce(0.0) { $0 + vocabularies[$1.offset].penalties[Int($1.element)] }
    }
    var pool = classOfRow.indices.filter { classOfRow[$0] == Self.suppressed }.map { UInt32($0) }
    var isPooled = [Bool](repeating: false, count: cells.count)
    for number in cells.indices.sorted(by: { (penalty[$0], $0) > (penalty[$1], $1) })
    where !rows[number].isEmpty {
      if check.isMet(by: pool, count: pool.count) { break }
      pool += rows[number]
      isPooled[number] = true
    }
    guard check.isMet(by: pool, count: pool.count) else { return }
    var words = vocabularies
    let top = table.quasiIdentifiers.indices.map { column in
      let level = table.quasiIdentifiers[column].hierarchy.levels.last
      return words[column].code(
        label: level?.labels.first ?? Hierarchy.topLabel, penalty: level?.penalty.first ?? 1,
        valueCount: level?.valueCounts.first ?? 1)
    }
    // Classes that were there with every cell at its top have the greatest penalty, and so are in the pool.
    var renumbered = [UInt32](repeating: Self.suppressed, count: cells.count)
    var kept: [[UInt32]] = []
    for number in cells.indices where !isPooled[number] && !rows[number].isEmpty {
      renumbered[number] = UInt32(kept.count)
      kept.append(cells[number])
    }
    let pooled = UInt32(kept.count)
    let numbers = classOfRow.map { $0 == Self.suppressed ? pooled : min(pooled, renumbered[Int($0)]) }
    self = Recoding(mode: mode, vocabularies: words, classOfRow: numbers, cells: kept + [top])
  }
}
