import Testing

@testable import Scoring

@Suite struct ScratchArrayTests {
  @Test func `sorting agrees with the standard library`() {
    var random = SeededGenerator(seed: 61)
    for count in 0...150 {
      var scratch = ScratchArray<UInt64>(capacity: 1)
      let values = (0..<count).map { _ in UInt64.random(in: 0...40, using: &random) }
      for value in values { scratch.append(value) }
      scratch.sort { $0 }
      let sorted = (0..<scratch.count).map { scratch[$0] }
      #expect(sorted == values.sorted())
    }
  }

  /// The allocator hands the same memory out again, so that what was left in it would be found: all but its first
  /// 16 bytes, which the allocator itself uses. Elsewhere the test may pass without looking, never fail wrongly.
  @Test func `memory is zeroed before it goes back, when it grows and when it ends`() {
    let marker: UInt64 = 0x5c0e_1e55_ab5e_4ced
    func leftovers(_ body: () -> Void) -> Int {
      body()
      let (bytes, step) = (64 * 8, MemoryLayout<UInt64>.stride)
      let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: step)
      defer { unsafe memory.deallocate() }
      var found = 0
      for offset in stride(from: 0, to: bytes, by: step)
      where unsafe memory.load(fromByteOffset: offset, as: UInt64.self) == marker { found += 1 }
      return found
    }
    #expect(
      leftovers {
        var scratch = ScratchArray<UInt64>(capacity: 64)
        for _ in 0..<64 { scratch.append(marker) }
      } == 0)
    var scratch = ScratchArray<UInt64>(capacity: 64)
    #expect(leftovers { for _ in 0..<65 { scratch.append(marker) } } == 0)
    #expect(scratch[64] == marker)
  }
}
