// The rules of talking with a person:
//
//  - Questions go to /dev/tty, and answers come from there. stdin and stdout belong to data: a
//    command in the middle of a pipe can still ask.
//  - A passphrase does not show. What the terminal was before is restored when it was read, when
//    it could not be read, and before SIGINT, SIGTERM, SIGHUP, SIGQUIT or SIGTSTP take effect.
//  - What was typed before the question is thrown away, so that it answers nothing by accident.
//  - Answers live in wiped buffers. They are read with read(2), a line at a time.
//  - Where there is no terminal nothing waits for one: there is a fault that says what to give
//    instead.

import Glibc
import Sodium

/// The terminal that the process was started from.
struct ControllingTerminal: DialogueTerminal {
  private let path: String

  /// The terminal at a path.
  init(path: String) {
    self.path = path
  }

  /// The terminal of this process, if it has one.
  static func find(path: String = "/dev/tty") -> ControllingTerminal? {
    guard let terminal = try? Descriptor.open(path, O_RDWR, doing: ""), isatty(terminal.number) == 1 else {
      return nil
    }
    return ControllingTerminal(path: path)
  }

  func say(_ text: String) throws(CommandFailure) {
    let terminal = try open()
    try show(text + "\n", on: terminal)
  }

  func ask(_ question: String, echo: Bool, limit: Int) throws(CommandFailure) -> WipedBytes {
    let terminal = try open()
    while true {
      var answer = WipedBytes()
      let interruption =
        echo
        ? try askOpenly(question, on: terminal, limit: limit, into: &answer)
        : try askHiddenly(question, on: terminal, limit: limit, into: &answer)
      guard let interruption else { return answer }
      // The terminal is as it was and our handlers are gone: this ends the process, or stops it
      // until it is continued, and then the question is asked again.
      SignalRelay.takeEffect(interruption)
      guard interruption == SIGTSTP else { throw .noAnswer }
    }
  }

  private func open() throws(CommandFailure) -> Descriptor {
    try .open(path, O_RDWR, doing: "open the terminal")
  }

  private func show(_ text: String, on terminal: borrowing Descriptor) throws(CommandFailure) {
    try ByteTransfer.writeAll(text.utf8.span, to: terminal.number, doing: "write to the terminal")
  }

  private func askOpenly(
    _ question: String, on terminal: borrowing Descriptor, limit: Int, into answer: inout WipedBytes
  ) throws(CommandFailure) -> Int32? {
    try show(question, on: terminal)
    while try !readLine(of: terminal, limit: limit, into: &answer) {}
    return nil
  }

  /// - Returns: The signal that ended the question, if one did.
  private func askHiddenly(
    _ question: String, on terminal: borrowing Descriptor, limit: Int, into answer: inout WipedBytes
  ) throws(CommandFailure) -> Int32? {
    let relay = try SignalRelay.start()
    var before = termios()
    guard unsafe tcgetattr(terminal.number, &before) == 0 else {
      throw .system(errno, doing: "hide what is typed")
    }
    var hidden = before
    hidden.c_lflag &= ~tcflag_t(ECHO | ECHOE | ECHOK | ECHONL)
    hidden.c_lflag |= tcflag_t(ICANON | ISIG)
    guard unsafe tcsetattr(terminal.number, TCSAFLUSH, &hidden) == 0 else {
      throw .system(errno, doing: "hide what is typed")
    }
    // Half a passphrase must not be left for the shell to read.
    defer { _ = unsafe tcsetattr(terminal.number, TCSAFLUSH, &before) }
    try show(question, on: terminal)
    while true {
      var waited = [
        pollfd(fd: terminal.number, events: Int16(POLLIN), revents: 0),
        pollfd(fd: relay.number, events: Int16(POLLIN), revents: 0),
      ]
      _ = unsafe poll(&waited, nfds_t(waited.count), -1)
      if let signal = relay.pending() {
        try? show("\n", on: terminal)
        return signal
      }
      guard waited[0].revents != 0 else { continue }
      if try readLine(of: terminal, limit: limit, into: &answer) {
        try show("\n", on: terminal)
        return nil
      }
    }
  }

  /// Reads what is there of a line.
  ///
  /// - Returns: Whether the line is complete.
  private func readLine(
    of terminal: borrowing Descriptor, limit: Int, into answer: inout WipedBytes
  ) throws(CommandFailure) -> Bool {
    let count = try ByteTransfer.read(
      from: terminal.number, atMost: 4096, into: &answer, doing: "read the answer")
    guard count > 0 else {
      if answer.count == 0 { throw .noAnswer }
      return true
    }
    let ended = answer.withBytes { $0[$0.count - 1] == UInt8(ascii: "\n") }
    if ended { answer.truncate(to: answer.count - 1) }
    guard answer.count <= limit else { throw .tooLong(limit: limit, doing: "read the answer") }
    return ended
  }
}
