import Sodium
import Testing

@Suite("Secure randomness")
struct SecureRandomTests {
  @Test("Random bytes have the length asked for and do not repeat", arguments: [16, 24, 32, 1000])
  func bytes(count: Int) {
    let first = SecureRandom.bytes(count)
    let second = SecureRandom.bytes(count)
    #expect(first.count == count)
    #expect(first != second)
  }

  @Test("No bytes are no bytes")
  func none() {
    #expect(SecureRandom.bytes(0).isEmpty)
  }

  @Test("Filling reaches the first byte and the last")
  func fills() {
    var seen: (first: Set<UInt8>, last: Set<UInt8>) = ([], [])
    for _ in 0..<64 {
      var bytes = [UInt8](repeating: 0, count: 33)
      var span = bytes.mutableSpan
      SecureRandom.fill(&span)
      seen.first.insert(bytes[0])
      seen.last.insert(bytes[32])
    }
    #expect(seen.first.count > 8)
    #expect(seen.last.count > 8)
  }

  @Test("A uniform number stays below its bound and reaches all of it")
  func uniform() {
    let drawn = Set((0..<500).map { _ in SecureRandom.uniform(6) })
    #expect(drawn == [0, 1, 2, 3, 4, 5])
    #expect(SecureRandom.uniform(1) == 0)
  }
}
