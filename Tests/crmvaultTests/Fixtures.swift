import Sodium
import Synchronization

@testable import crmvault

extension WipedBytes {
  /// The bytes as text, to compare in a test.
  var text: String { withBytes { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) } }

  static func of(_ text: String) -> WipedBytes {
    var bytes = WipedBytes()
    bytes.append(copying: text.utf8)
    return bytes
  }
}

/// A clock that a test moves.
final class HandClock: Sendable {
  private let time = Mutex(Duration.zero)
  var clock: MonotonicClock { MonotonicClock { self.time.withLock { $0 } } }
  func move(_ duration: Duration) { time.withLock { $0 += duration } }
}

extension Console {
  /// What was told to the person at the scripted terminal.
  var shown: String { (terminal as? ScriptedTerminal)?.shown ?? "" }
}

/// The failure that the body ends with.
func failure(_ body: () throws -> Void) -> CommandFailure? {
  do {
    try body()
    return nil
  } catch {
    return error as? CommandFailure
  }
}
