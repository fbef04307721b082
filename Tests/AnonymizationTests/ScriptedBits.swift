@testable import Anonymization

/// Coins that fall as a script says; where it ends, a draw is given up.
struct ScriptedBits: BitSource {
  private let script: [Bool]
  private(set) var used = 0
  /// Whether the script was too short.
  private(set) var isExhausted = false
  private var spill = SeededGenerator(seed: 99)

  init(_ script: [Bool]) { self.script = script }

  mutating func bits(_ count: Int) -> UInt64 {
    var value: UInt64 = 0
    for _ in 0..<count {
      if used < script.count {
        value = value << 1 | (script[used] ? 1 : 0)
      } else {
        // Whatever follows does not count; ones end a rejection loop sooner or later.
        isExhausted = true
        value = value << 1 | spill.next() >> 63
      }
      used += 1
    }
    return value
  }
}

/// The exact odds of a draw, by following every script of coins up to a length.
struct ExactOdds<Outcome: Hashable> {
  /// For each outcome the probability of the scripts that end in it.
  private(set) var mass: [Outcome: Double] = [:]
  /// The probability of scripts that were not followed to their end.
  private(set) var rest = 0.0

  init(depth: Int, _ draw: (inout ScriptedBits) -> Outcome) {
    var pending: [[Bool]] = [[]]
    while let script = pending.popLast() {
      var source = ScriptedBits(script)
      let outcome = draw(&source)
      let odds = 1 / Double(1 << script.count)
      if !source.isExhausted {
        // A script that is longer than the draw needs was split too early: it cannot be, as they grow bit by bit.
        mass[outcome, default: 0] += odds
      } else if script.count < depth {
        pending.append(script + [false])
        pending.append(script + [true])
      } else {
        rest += odds
      }
    }
  }
}
