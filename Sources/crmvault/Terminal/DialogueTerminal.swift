import Sodium
import Synchronization

/// Where people are asked and answer.
protocol DialogueTerminal: Sendable {
  /// Shows a line.
  func say(_ text: String) throws(CommandFailure)

  /// Asks, and reads one line, without its end.
  ///
  /// - Parameters:
  ///   - question: Shown as it is, before the cursor.
  ///   - echo: Whether what is typed shows; not for passphrases.
  ///   - limit: More bytes than these are refused.
  func ask(_ question: String, echo: Bool, limit: Int) throws(CommandFailure) -> WipedBytes
}

extension CommandFailure {
  /// The person ended the input instead of answering.
  static let noAnswer = CommandFailure.usage("no_answer", "the question was not answered")
}

/// A terminal in a test, at which somebody types given lines.
final class ScriptedTerminal: DialogueTerminal {
  private struct State {
    var answers: ArraySlice<String>
    var shown = ""
    var hidden = 0
  }

  private let state: Mutex<State>

  /// Somebody who types these lines, and then ends the input.
  init(answers: [String]) {
    state = Mutex(State(answers: answers[...]))
  }

  /// What the terminal showed, answers apart.
  var shown: String { state.withLock { $0.shown } }
  /// How many questions were asked without echo.
  var hiddenQuestions: Int { state.withLock { $0.hidden } }

  func say(_ text: String) {
    state.withLock { $0.shown += text + "\n" }
  }

  func ask(_ question: String, echo: Bool, limit: Int) throws(CommandFailure) -> WipedBytes {
    let answer = state.withLock { state in
      state.shown += question
      if !echo { state.hidden += 1 }
      return state.answers.popFirst()
    }
    guard let answer else { throw .noAnswer }
    guard answer.utf8.count <= limit else { throw .tooLong(limit: limit, doing: "read the answer") }
    var bytes = WipedBytes()
    bytes.append(copying: answer.utf8)
    return bytes
  }
}
