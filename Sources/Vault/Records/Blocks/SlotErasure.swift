/// Empties what blocks keep of customers who are erased. Their keys are gone by then, which is what counts; an empty slot
/// says so openly, and takes no room in what follows.
enum SlotErasure {
  /// The series in which something can be kept of a customer in a class: the statistics, every saved run.
  ///
  /// - Throws: as opening the catalogue does, for the class score.
  static func series(
    of dataClass: DataClass, _ context: Session.AccessContext, _ reader: any StoreReader
  ) throws -> [SlotSeries] {
    switch dataClass {
    case .behavior: return [.statistics]
    case .score:
      let catalogue = try ScoreCatalogue(context)
      return try ScoreSetRow.all(reader).filter { $0.kind == .run }.map { row in
        try SavedRun(id: row.id, try catalogue.content(of: row)).series
      }
    default: return []
    }
  }

  /// Empties the slots of customers in a class, in the transaction that removes their records; the role must hold the
  /// class's key.
  static func clear(
    _ ordinals: [UInt64], of dataClass: DataClass, _ context: Session.AccessContext, _ commit: Commit
  ) throws {
    let all = try series(of: dataClass, context, commit.writer)
    guard !all.isEmpty else { return }
    let key = try context.keys.classKey(dataClass, context.reader)
    for series in all {
      try SlottedBlocks(series: series, vault: context.vaultID, classKey: key).clear(ordinals, commit)
    }
  }
}
