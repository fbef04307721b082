extension Recoder {
  /// Publishes rows in classes that are given: those of an earlier release, so that holding both says no more than
  /// holding one. Each class gets the finest cells that all of its rows share.
  ///
  /// A class that does not meet the limits any more, since people have left it, is suppressed.
  ///
  /// - Parameter classOfRow: row by row the class, or ``Recoding/suppressed``.
  public func recode(inClasses classOfRow: [UInt32]) throws(AnonymizationError) -> Recoding {
    guard classOfRow.count == table.rowCount else {
      throw AnonymizationError(.badTable, reason: "the given classes are not as many as the rows")
    }
    var numbers: [UInt32: UInt32] = [:]
    var rows: [[UInt32]] = []
    for (row, given) in classOfRow.enumerated() where given != Recoding.suppressed {
      let number = numbers[given] ?? UInt32(rows.count)
      if numbers[given] == nil {
        numbers[given] = number
        rows.append([])
      }
      rows[Int(number)].append(UInt32(row))
    }
    let check = ClassCheck(table, k: limits.k)
    var vocabularies = table.quasiIdentifiers.map { _ in Recoding.Vocabulary() }
    var cells: [[UInt32]] = []
    var published = [UInt32](repeating: Recoding.suppressed, count: table.rowCount)
    for members in rows where check.isMet(by: members, count: members.count) {
      for row in members { published[Int(row)] = UInt32(cells.count) }
      cells.append(
        table.quasiIdentifiers.indices.map { column in commonCell(column, of: members, &vocabularies[column])
        })
    }
    var recoding = Recoding(mode: .local, vocabularies: vocabularies, classOfRow: published, cells: cells)
    recoding.suppressDistantClasses(of: table)
    try checkSuppression(recoding)
    return recoding
  }

  /// The finest cell that rows share.
  private func commonCell(
    _ column: Int, of rows: [UInt32], _ vocabulary: inout Recoding.Vocabulary
  ) -> UInt32 {
    let codes = table.quasiIdentifiers[column].codes
    let levels = table.quasiIdentifiers[column].hierarchy.levels
    for level in levels {
      let group = Int(level.groupOfValue[Int(codes[Int(rows[0])])])
      guard rows.allSatisfy({ Int(level.groupOfValue[Int(codes[Int($0)])]) == group }) else { continue }
      return vocabulary.code(
        label: level.labels[group], penalty: level.penalty[group], valueCount: level.valueCounts[group])
    }
    return vocabulary.code(
      label: Hierarchy.topLabel, penalty: 1, valueCount: levels.first?.groupOfValue.count ?? 1)
  }

  /// Leaves rows out of a recoding, and with them every class that then no longer meets the limits.
  public func suppress(_ rows: [Int], in recoding: Recoding) throws(AnonymizationError) -> Recoding {
    var result = recoding
    for row in rows { result.classOfRow[row] = Recoding.suppressed }
    let check = ClassCheck(table, k: limits.k)
    for members in result.rowsByClass()
    where !members.isEmpty && !check.isMet(by: members, count: members.count) {
      for row in members { result.classOfRow[Int(row)] = Recoding.suppressed }
    }
    result.suppressDistantClasses(of: table)
    try checkSuppression(result)
    return result
  }
}
