import Sodium
import Synchronization

/// Shows how far work has come: one line of stderr, only on a terminal, only once it took a second.
///
/// It is advanced from any thread, and leaves by itself before results or notices are written.
///
///     let progress = Progress("scoring", of: count, on: console)
///     defer { progress.finish() }
///     …
///     progress.advance(by: 1000)
final class Progress: Sendable {
  private static let patience = Duration.seconds(1)
  private static let interval = Duration.milliseconds(100)
  private static let barWidth = 24

  private let title: String
  private let total: Int
  private let console: Console
  private let started: Duration
  private let done = Atomic<Int>(0)
  private let lastDrawn: Mutex<Duration?>

  /// Starts to measure.
  ///
  /// - Parameters:
  ///   - title: What is being done, in a word or two.
  ///   - total: How many pieces there are; 0 where that is not known.
  init(_ title: String, of total: Int, on console: Console) {
    self.title = title
    self.total = total
    self.console = console
    started = console.clock.now()
    lastDrawn = Mutex(nil)
  }

  /// Says that more pieces are done.
  func advance(by count: Int = 1) {
    let done = done.add(count, ordering: .relaxed).newValue
    guard console.errors.isTerminal else { return }
    let now = console.clock.now()
    guard now - started >= Self.patience else { return }
    let isDue = lastDrawn.withLock { last in
      if let last, now - last < Self.interval { return false }
      last = now
      return true
    }
    guard isDue else { return }
    console.statusLine.show(line(done: done, after: now - started), on: console.errors)
  }

  /// Takes the line away.
  func finish() {
    console.statusLine.clear()
  }

  private func line(done: Int, after elapsed: Duration) -> String {
    let width = console.errors.width - 1
    guard total > 0 else { return String("\(title) \(done)".prefix(width)) }
    let share = min(1, Double(done) / Double(total))
    let filled = Int(share * Double(Self.barWidth))
    let bar =
      String(repeating: "#", count: filled) + String(repeating: ".", count: Self.barWidth - filled)
    let text = "\(title) [\(bar)] \(Int(share * 100))% \(remaining(share, elapsed))"
    return String(text.prefix(width))
  }

  private func remaining(_ share: Double, _ elapsed: Duration) -> String {
    guard share > 0 else { return "" }
    let seconds = Int((elapsed / Duration.seconds(1)) * (1 - share) / share) + 1
    return share >= 1 ? "" : "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60) left"
  }
}
