import Sodium
import Testing

@Suite("Memory")
struct MemoryTests {
  @Test("The lock status says the same twice, and a limit of nothing locks nothing")
  func lockStatus() {
    let status = Memory.lockStatus()
    #expect(status == Memory.lockStatus())
    if status.limit == 0 { #expect(!status.isLocking || status.limit == nil) }
  }

  @Test("Comparing in constant time tells equal from different")
  func constantTime() {
    let bytes = counting()
    var other = bytes
    #expect(areEqual(bytes, other))
    other[31] ^= 1
    #expect(!areEqual(bytes, other))
    other.removeLast()
    #expect(!areEqual(bytes, other))
    #expect(areEqual([], []))
  }

  private func areEqual(_ lhs: [UInt8], _ rhs: [UInt8]) -> Bool {
    ConstantTime.equal(lhs.span, rhs.span)
  }
}
