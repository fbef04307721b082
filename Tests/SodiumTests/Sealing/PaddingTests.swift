import Sodium
import Testing

@Suite("Padding")
struct PaddingTests {
  @Test("Up to 4 KiB a padded length is the next multiple of 32 with room for the mark")
  func fine() {
    #expect(Padding.paddedCount(0) == 32)
    #expect(Padding.paddedCount(31) == 32)
    #expect(Padding.paddedCount(32) == 64)
    for count in 0..<Padding.fineLimit {
      let padded = Padding.paddedCount(count)
      #expect(padded.isMultiple(of: 32) && padded > count && padded <= count + 32)
    }
  }

  @Test(
    "Above 4 KiB a padded length is Padmé's",
    arguments: [
      // Computed with the formula of the paper in Python.
      (4095, 4096), (4096, 4352), (4351, 4352), (4352, 4608), (10_000, 10_240), (100_000, 100_352),
      (1_000_000, 1_015_808),
    ])
  func padme(count: Int, padded: Int) {
    #expect(Padding.paddedCount(count) == padded)
  }

  @Test("Padmé never costs more than 12 %, and never shrinks as content grows")
  func overhead() {
    var last = 0
    for count in stride(from: 4000, to: 200_000, by: 7) {
      let padded = Padding.paddedCount(count)
      #expect(padded > count && padded >= last && Double(padded) < Double(count) * 1.12 + 1)
      last = padded
    }
  }

  @Test(
    "Content comes back from its padding, whatever it ends in", arguments: [0, 1, 31, 32, 33, 4095, 5000])
  func roundTrip(count: Int) throws {
    for last in [0x00, 0x01, 0x80] as [UInt8] {
      let content = [UInt8](repeating: last, count: count)
      var bytes = WipedBytes(copying: content.span)
      Padding.pad(&bytes)
      #expect(bytes.count == Padding.paddedCount(count))
      try Padding.unpad(&bytes)
      #expect(bytes.copy() == content)
    }
  }

  @Test(
    "Padding that is not the one canonical form is refused",
    arguments: [
      [],
      [UInt8](repeating: 0, count: 32),
      [UInt8](repeating: 1, count: 32),
      [0x80],
      [7, 0x80] + [UInt8](repeating: 0, count: 29),
      [7, 0x80] + [UInt8](repeating: 0, count: 31),
      [7, 0x80] + [UInt8](repeating: 0, count: 62),
      [7, 0x80] + [UInt8](repeating: 0, count: 29) + [1],
      [7, 0x81] + [UInt8](repeating: 0, count: 30),
    ])
  func strict(padded: [UInt8]) {
    #expect(refusal { () throws(SodiumError) in _ = try Padding.contentCount(padded.span) } == .malformed)
    var bytes = WipedBytes(copying: padded.span)
    #expect(refusal { () throws(SodiumError) in try Padding.unpad(&bytes) } == .malformed)
    #expect(bytes.copy() == padded)
  }
}
