internal import Sodium

extension RecordVerification {
  /// Opens every saved run's slots, and all norms, where the role can.
  func checkSavedScores(
    _ store: any Store, for receipt: borrowing AccessReceipt, _ report: inout VerificationReport
  ) throws {
    guard context.classes.contains(.score) else { return }
    let catalogue = try ScoreCatalogue(context)
    for row in try store.read({ try ScoreSetRow.all($0) }) {
      do {
        let content = try catalogue.content(of: row)
        switch row.kind {
        case .run:
          let run = try SavedRun(id: row.id, content)
          let found = try slots(of: run, catalogue, store, for: receipt)
          report.openedSlots += Int(found)
          if row.state == .whole, found > run.customers {
            report.report(nil, .block, "a saved run has more customers than the catalogue says")
          }
        case .norms: _ = try store.read { try catalogue.norms(try SavedNorms(id: row.id, content), $0) }
        }
      } catch { try report.note(error, .block) }
    }
  }

  /// How many slots of a run open.
  private func slots(
    of run: SavedRun, _ catalogue: ScoreCatalogue, _ store: any Store, for receipt: borrowing AccessReceipt
  ) throws -> UInt64 {
    let blocks = SlottedBlocks(series: run.series, vault: context.vaultID, classKey: catalogue.seal.key)
    var keys = CustomerKeys()
    var found: UInt64 = 0
    let step: UInt64 = 1 << 13
    for first in stride(from: 0, to: context.universe, by: Int(step)) {
      try store.read { reader in
        try blocks.visit(
          first..<min(first + step, context.universe), reader, work.warden, &keys, for: receipt
        ) { _, _ in found += 1 }
      }
    }
    return found
  }
}
