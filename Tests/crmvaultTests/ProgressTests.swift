import Testing

@testable import crmvault

@Suite struct ProgressTests {
  private func work(isTerminal: Bool, seconds: Int) throws -> Console {
    let hand = HandClock()
    let console = Console.inMemory(isTerminal: isTerminal, environment: ["NO_COLOR": "1"], clock: hand.clock)
    let progress = Progress("scoring", of: 10, on: console)
    for _ in 0..<5 {
      hand.move(.seconds(seconds) / 5)
      progress.advance()
    }
    return console
  }

  @Test func `long work shows how far it is on a terminal`() throws {
    let console = try work(isTerminal: true, seconds: 5)
    #expect(console.errors.text.contains("scoring [############............] 50% 0:06 left"))
    #expect(console.output.text.isEmpty)
  }

  @Test func `short work and work without a terminal are silent`() throws {
    #expect(try work(isTerminal: true, seconds: 0).errors.text.isEmpty)
    #expect(try work(isTerminal: false, seconds: 5).errors.text.isEmpty)
  }

  @Test func `the line leaves before a result is written`() throws {
    let console = try work(isTerminal: true, seconds: 5)
    try console.output.write("result\n")
    #expect(console.errors.text.hasSuffix("left\r\u{1B}[K"))
    #expect(console.output.text == "result\n")
  }

  @Test func `a line never fills the terminal's last column`() throws {
    let hand = HandClock()
    let console = Console.inMemory(isTerminal: true, width: 20, clock: hand.clock)
    hand.move(.seconds(1))
    let progress = Progress("scoring", of: 10, on: console)
    hand.move(.seconds(2))
    progress.advance(by: 20)
    #expect(console.errors.text == "\r\u{1B}[K" + "scoring [##########")
    progress.finish()
    #expect(console.errors.text.hasSuffix("\r\u{1B}[K"))
  }

  @Test func `it is drawn at most ten times a second`() throws {
    let hand = HandClock()
    let console = Console.inMemory(isTerminal: true, clock: hand.clock)
    let progress = Progress("x", of: 0, on: console)
    hand.move(.seconds(2))
    for _ in 0..<1000 {
      hand.move(.milliseconds(1))
      progress.advance()
    }
    #expect((9...11).contains(console.errors.text.split(separator: "\r").count))
  }
}
