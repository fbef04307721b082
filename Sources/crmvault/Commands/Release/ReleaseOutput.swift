import Anonymization
import DisclosureRisk
import Ingest
import Release

/// What was written of a release, and what was measured of those very bytes.
struct WrittenRelease {
  /// The file.
  let file: FilledDraft
  /// What was measured.
  let measures: RiskMeasures
}

/// Writes a recoded table to a draft, in the clear or through `age`, and has it measured from the bytes.
///
/// In the clear the file is read again; on their way to `age` the bytes go to the measuring at the same time, since no
/// plaintext file ever exists.
struct ReleaseOutput {
  let plan: ReleasePlan
  let recoding: Recoding
  let format: ReleaseFormat
  let age: AgeProgram?
  let console: Console

  /// Writes and measures.
  ///
  /// - Parameter order: the rows that are published (``ReleasePlan/order(_:using:)``).
  func write(to draft: borrowing DraftFile, order: [UInt32]) throws -> WrittenRelease {
    guard age != nil else { return try writePlain(to: draft, order: order) }
    let tap = try MeasuringTap(plan, format: format, persons: plan.persons(order), file: draft.path)
    let filled: FilledDraft
    do {
      filled = try draft.fill(through: age) { sink in
        try write(order) { (bytes) throws(CommandFailure) in
          try tap.write(bytes)
          try sink(bytes)
        }
      }
    } catch {
      // What was measured of half a file says nothing.
      _ = try? tap.finish()
      throw error
    }
    return WrittenRelease(file: filled, measures: try tap.finish())
  }

  private func writePlain(to draft: borrowing DraftFile, order: [UInt32]) throws -> WrittenRelease {
    let filled = try draft.fill(through: nil) { sink in try write(order, to: sink) }
    let path = draft.path
    try draft.rewind()
    let progress = Progress("measuring", of: 0, on: console)
    defer { progress.finish() }
    let seen = RunningHash()
    var reader = try TableReader(
      descriptor: draft.descriptor.number, file: path, format: format.fileFormat
    ) {
      seen.update($0)
      progress.advance(by: $0.count)
    }
    let measures = try FileMeasurement.measure(
      &reader, columns: plan.measuredColumns, persons: plan.persons(order),
      originalRows: plan.microdata.rowCount)
    guard seen.digest == filled.sha256 else {
      throw CommandFailure("io_error", "\(path) does not read back as it was written", exit: .inputOutput)
    }
    return WrittenRelease(file: filled, measures: measures)
  }

  private func write(
    _ order: [UInt32], to sink: @escaping (Span<UInt8>) throws(CommandFailure) -> Void
  ) throws {
    let progress = Progress("writing", of: order.count, on: console)
    defer { progress.finish() }
    let writer = RowWriter(format, columns: plan.published, to: sink)
    try writer.begin()
    var rows = 0
    try plan.write(recoding, order: order) { cell, endsRow in
      try writer.cell(cell)
      guard endsRow else { return }
      try writer.endRow()
      rows += 1
      if rows % 4096 == 0 { progress.advance(by: 4096) }
    }
    try writer.finish()
  }
}
