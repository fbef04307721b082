import Testing

import Sodium

@testable import Vault

@Suite struct PseudonymTests {
  private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U")

  @Test func `a pseudonym's text reads back as the same pseudonym`() throws {
    var random = SeededRandom(3)
    for _ in 0..<200 {
      let pseudonym = Pseudonym(high: random.next(), low: random.next())
      #expect(try Pseudonym.parsing(pseudonym.description) == pseudonym)
      #expect(Pseudonym(pseudonym.bytes) == pseudonym)
    }
  }

  @Test func `the warden's rule leads from ordinals to pseudonyms and back, and from nothing else`() throws {
    let rule = PseudonymRule(matchingKey: .random())
    let other = PseudonymRule(matchingKey: .random())
    var random = SeededRandom(4)
    var seen: Set<Pseudonym> = []
    for ordinal in Array(0..<500) + [1 << 33, UInt64.max] {
      let pseudonym = rule.pseudonym(of: ordinal)
      #expect(seen.insert(pseudonym).inserted)
      #expect(rule.ordinal(of: pseudonym) == ordinal)
      #expect(other.pseudonym(of: ordinal) != pseudonym)
      #expect(other.ordinal(of: pseudonym) == nil)
      let bit = UInt64(1) << (random.next() % 64)
      #expect(rule.ordinal(of: Pseudonym(high: pseudonym.high ^ bit, low: pseudonym.low)) == nil)
      #expect(rule.ordinal(of: Pseudonym(high: pseudonym.high, low: pseudonym.low ^ bit)) == nil)
    }
  }

  @Test func `the text is C-, 26 symbols of Crockford's base32 and a check symbol`() {
    #expect(Pseudonym(high: 0, low: 0).description == "C-000000000000000000000000000")
    #expect(Pseudonym(high: 0, low: 37).description == "C-000000000000000000000000150")
    #expect(Pseudonym(high: 0, low: 36).description == "C-00000000000000000000000014U")
    #expect(Pseudonym(high: .max, low: .max).description.hasPrefix("C-7ZZZZZZZZZZZZZZZZZZZZZZZZZ"))
  }

  @Test func `every wrong symbol is refused, at every place`() {
    var random = SeededRandom(1)
    for _ in 0..<20 {
      let text = Array(Pseudonym(high: random.next(), low: random.next()).description)
      for place in 2..<text.count {
        for symbol in Self.alphabet where symbol != text[place] {
          var mistyped = text
          mistyped[place] = symbol
          #expect(Pseudonym(String(mistyped)) == nil)
        }
      }
    }
  }

  @Test func `every swap of neighbours is refused`() {
    var random = SeededRandom(2)
    for _ in 0..<200 {
      let text = Array(Pseudonym(high: random.next(), low: random.next()).description)
      for place in 2..<(text.count - 1) where text[place] != text[place + 1] {
        var swapped = text
        swapped.swapAt(place, place + 1)
        #expect(Pseudonym(String(swapped)) == nil)
      }
    }
  }

  @Test func `case, hyphens and the letters that look like digits do not matter`() throws {
    let pseudonym = Pseudonym(high: 0x0123_4567_89AB_CDEF, low: 0x1011_0110_0101_1001)
    let text = pseudonym.description
    let lower = text.lowercased()
    let grouped = "C-" + text.dropFirst(2).prefix(5) + "-" + text.dropFirst(7)
    let lookalike = "C-" + text.dropFirst(2).map { $0 == "0" ? "o" : $0 == "1" ? "l" : "\($0)" }.joined()
    for typed in [lower, grouped, lookalike] { #expect(try Pseudonym.parsing(typed) == pseudonym) }
  }

  @Test(arguments: [
    "", "C", "C-", "D-000000000000000000000000000", "000000000000000000000000000",
    "C-00000000000000000000000000", "C-0000000000000000000000000000", "C-U00000000000000000000000000",
    "C-8000000000000000000000000 0", "C-80000000000000000000000000G", "C-é0000000000000000000000000",
  ])
  func `what is no pseudonym is refused`(_ text: String) {
    #expect(throws: RecordError(.notAPseudonym, "")) { try Pseudonym.parsing(text) }
  }

  @Test func `bytes are big-endian and must be sixteen`() {
    let pseudonym = Pseudonym(high: 1, low: 2)
    #expect(pseudonym.bytes == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2])
    #expect(Pseudonym([UInt8](repeating: 0, count: 15)) == nil)
    #expect(Pseudonym(high: 0, low: .max) < Pseudonym(high: 1, low: 0))
  }
}
