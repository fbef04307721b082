internal import Sodium

/// Empties what blocks keep of customers who are erased. Their keys are gone by then, which is what counts; an empty slot
/// says so openly, and takes no room in what follows.
enum SlotErasure {
  /// The series in which something can be kept of a customer in a class: the statistics, every saved run.
  ///
  /// - Throws: as opening the catalogue does, for the class score.
  private static func series(
    of dataClass: DataClass, _ catalogue: @autoclosure () -> ScoreCatalogue, _ reader: any StoreReader
  ) throws -> [SlotSeries] {
    switch dataClass {
    case .behavior: return [.statistics]
    case .score:
      let catalogue = catalogue()
      return try ScoreSetRow.all(reader).filter { $0.kind == .run }.map { row in
        try SavedRun(id: row.id, try catalogue.content(of: row)).series
      }
    default: return []
    }
  }

  /// Empties the slots of customers in a class, in the transaction that removes their records.
  ///
  /// - Parameter key: the class's.
  static func clear(
    _ ordinals: [UInt64], of dataClass: DataClass, vault: VaultID, key: SharedKey<ClassKeyPurpose>,
    _ commit: Commit
  ) throws {
    let catalogue = ScoreCatalogue(seal: ScoreSeal(vault: vault, key: key))
    for series in try series(of: dataClass, catalogue, commit.writer) {
      try SlottedBlocks(series: series, vault: vault, classKey: key).clear(ordinals, commit)
    }
  }
}
