import Anonymization
import DisclosureRisk
import Dispatch
import Glibc
import Ingest
import Release
import Sodium
import Synchronization

/// Measures bytes on their way to another program: they go through a pipe to a thread that reads them as a file.
final class MeasuringTap {
  private let pipe: Pipe
  private let outcome: Outcome

  private final class Outcome: Sendable {
    let measures = Mutex<Result<RiskMeasures, any Error>?>(nil)
    let done = DispatchSemaphore(value: 0)
  }

  /// Begins to measure.
  init(_ plan: ReleasePlan, format: ReleaseFormat, persons: [UInt32]?, file: String) throws(CommandFailure) {
    let pipe = try Pipe(doing: "measure \(file)")
    let outcome = Outcome()
    let source = pipe.readEnd
    DispatchQueue(label: "crmvault.measuring").async {
      let result = Result<RiskMeasures, any Error> {
        var reader = try TableReader(descriptor: source, file: file, format: format.fileFormat)
        return try FileMeasurement.measure(
          &reader, columns: plan.measuredColumns, persons: persons, originalRows: plan.microdata.rowCount)
      }
      // Who writes must not wait for a reader that gave up.
      var block = WipedBytes(capacity: 65_536)
      while let count = try? ByteTransfer.read(from: source, atMost: 65_536, into: &block, doing: "measure"),
        count > 0
      {
        block.removeAll()
      }
      outcome.measures.withLock { $0 = result }
      outcome.done.signal()
    }
    self.pipe = pipe
    self.outcome = outcome
  }

  /// Takes further bytes.
  func write(_ bytes: Span<UInt8>) throws(CommandFailure) {
    try ByteTransfer.writeAll(bytes, to: pipe.writeEnd, doing: "measure what is written")
  }

  /// Ends the file, and says what was measured.
  func finish() throws -> RiskMeasures {
    pipe.closeWriteEnd()
    outcome.done.wait()
    guard let result = outcome.measures.withLock({ $0 }) else {
      throw CommandFailure.bug("nothing was measured")
    }
    return try result.get()
  }

  deinit {
    pipe.closeWriteEnd()
  }
}
