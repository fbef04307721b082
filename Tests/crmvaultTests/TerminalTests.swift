import Foundation
import Glibc
import Sodium
import Synchronization
import Testing

@testable import crmvault

/// A pseudo-terminal, and a person at its other end.
private final class PseudoTerminal: Sendable {
  let master: Int32
  let slave: Int32
  let path: String
  private let seen = Mutex("")

  init() throws {
    var master: Int32 = -1
    var slave: Int32 = -1
    var size = winsize(ws_row: 24, ws_col: 97, ws_xpixel: 0, ws_ypixel: 0)
    try #require(unsafe openpty(&master, &slave, nil, nil, &size) == 0)
    self.master = master
    self.slave = slave
    path = unsafe String(cString: try #require(unsafe ttyname(slave)))
  }

  deinit {
    close(master)
    close(slave)
  }

  var isEchoing: Bool {
    var state = termios()
    unsafe tcgetattr(slave, &state)
    return state.c_lflag & tcflag_t(ECHO) != 0
  }

  /// What the terminal has shown so far.
  var screen: String { seen.withLock { $0 } }

  /// Reads the screen until the text shows, for at most five seconds.
  func wait(for text: String) {
    let end = Date().addingTimeInterval(5)
    while !screen.contains(text), Date() < end { look() }
  }

  func look() {
    var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&request, 1, 50) > 0 else { return }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe read(master, &bytes, bytes.count)
    guard count > 0 else { return }
    seen.withLock { $0 += String(decoding: bytes.prefix(count), as: UTF8.self) }
  }

  func type(_ text: String) {
    _ = unsafe write(master, text, text.utf8.count)
  }

  /// Somebody who does this while the test waits for an answer.
  func person(_ body: @escaping @Sendable (PseudoTerminal) -> Void) {
    Thread.detachNewThread { body(self) }
  }
}

private let terminations = Atomic<Int>(0)

/// One prompt at a time: signals are the process's.
@Suite(.serialized) struct TerminalTests {
  @Test func `a passphrase does not show and the terminal is restored`() throws {
    let pseudo = try PseudoTerminal()
    let echoed = Mutex(true)
    pseudo.person { pseudo in
      pseudo.wait(for: "Passphrase: ")
      echoed.withLock { $0 = pseudo.isEchoing }
      pseudo.type("open sesame\n")
    }
    let answer = try ControllingTerminal(path: pseudo.path).ask("Passphrase: ", echo: false, limit: 1024)
    #expect(answer.text == "open sesame")
    #expect(!echoed.withLock { $0 })
    #expect(pseudo.isEchoing)
    pseudo.look()
    #expect(!pseudo.screen.contains("sesame"))
  }

  @Test func `an open question shows what is typed`() throws {
    let pseudo = try PseudoTerminal()
    pseudo.person { pseudo in
      pseudo.wait(for: "phone: ")
      pseudo.type("138\n")
    }
    #expect(try ControllingTerminal(path: pseudo.path).ask("phone: ", echo: true, limit: 99).text == "138")
    pseudo.look()
    #expect(pseudo.screen.contains("138"))
  }

  @Test func `what was typed before the question does not answer it`() throws {
    let pseudo = try PseudoTerminal()
    pseudo.type("too early\n")
    pseudo.wait(for: "too early")
    pseudo.person { pseudo in
      pseudo.wait(for: "? ")
      pseudo.type("in time\n")
    }
    #expect(try ControllingTerminal(path: pseudo.path).ask("? ", echo: false, limit: 99).text == "in time")
  }

  @Test func `an ended input is no answer and the terminal is restored`() throws {
    let pseudo = try PseudoTerminal()
    pseudo.person { pseudo in
      pseudo.wait(for: "? ")
      pseudo.type("\u{4}")
    }
    let found = failure { _ = try ControllingTerminal(path: pseudo.path).ask("? ", echo: false, limit: 99) }
    #expect(found?.code == "no_answer")
    #expect(pseudo.isEchoing)
  }

  @Test func `an answer that is too long is refused`() throws {
    let pseudo = try PseudoTerminal()
    pseudo.person { pseudo in
      pseudo.wait(for: "? ")
      pseudo.type(String(repeating: "x", count: 100) + "\n")
    }
    let found = failure { _ = try ControllingTerminal(path: pseudo.path).ask("? ", echo: false, limit: 99) }
    #expect(found?.code == "input_too_long")
    #expect(pseudo.isEchoing)
  }

  @Test func `a signal takes effect only when the terminal is restored`() throws {
    let pseudo = try PseudoTerminal()
    let previous = signal(SIGTERM) { _ in terminations.add(1, ordering: .relaxed) }
    defer { signal(SIGTERM, previous) }
    pseudo.person { pseudo in
      pseudo.wait(for: "? ")
      pseudo.type("half a pass")
      kill(getpid(), SIGTERM)
    }
    let found = failure { _ = try ControllingTerminal(path: pseudo.path).ask("? ", echo: false, limit: 99) }
    #expect(found?.code == "no_answer")
    #expect(terminations.load(ordering: .relaxed) == 1)
    #expect(pseudo.isEchoing)
    SignalRelay.takeEffect(SIGTERM)
    #expect(terminations.load(ordering: .relaxed) == 2, "the handler from before is back")
  }

  @Test func `a channel to a terminal knows its width and a channel to a file does not pose as one`() throws {
    let pseudo = try PseudoTerminal()
    let channel = OutputChannel(
      descriptor: pseudo.slave, name: "stdout", environment: Environment(["TERM": "xterm"]),
      statusLine: StatusLine())
    #expect(channel.isTerminal && channel.width == 97 && channel.style.isColoured)
    try channel.write("shown\n")
    pseudo.wait(for: "shown")
    #expect(pseudo.screen == "shown\r\n")
    let null = try Descriptor.open("/dev/null", O_WRONLY, doing: "")
    let other = OutputChannel(
      descriptor: null.number, name: "stdout", environment: Environment([:]), statusLine: StatusLine())
    #expect(!other.isTerminal && other.width == 80)
  }

  @Test func `a path that is no terminal is nobody to ask`() {
    #expect(ControllingTerminal.find(path: "/dev/null") == nil)
    #expect(ControllingTerminal.find(path: "/nowhere") == nil)
  }
}
