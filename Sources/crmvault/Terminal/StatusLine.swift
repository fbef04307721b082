import Synchronization

/// The one line of stderr that is drawn over again: it leaves before anything else is written to
/// the terminal, so that it never mixes with results.
final class StatusLine: Sendable {
  private struct State {
    var shown = false
    weak var channel: OutputChannel?
  }

  private let state = Mutex(State())

  /// Shows a text in place of the one shown before.
  func show(_ text: String, on channel: OutputChannel) {
    state.withLock { state in
      channel.writeStatus("\r\u{1B}[K" + text)
      state.channel = channel
      state.shown = true
    }
  }

  /// Takes the line away.
  func clear() {
    state.withLock { Self.erase(&$0) }
  }

  /// Takes the line away and writes something else; nothing is drawn meanwhile.
  func stepAside(_ write: () throws(CommandFailure) -> Void) throws(CommandFailure) {
    try state.withLock { state throws(CommandFailure) in
      Self.erase(&state)
      try write()
    }
  }

  private static func erase(_ state: inout State) {
    guard state.shown else { return }
    state.channel?.writeStatus("\r\u{1B}[K")
    state.shown = false
  }
}
