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
    #expect(ConstantTime.equal(bytes.span, other.span))
    other[31] ^= 1
    #expect(!ConstantTime.equal(bytes.span, other.span))
    other.removeLast()
    #expect(!ConstantTime.equal(bytes.span, other.span))
    let none: [UInt8] = []
    #expect(ConstantTime.equal(none.span, none.span))
  }
}
