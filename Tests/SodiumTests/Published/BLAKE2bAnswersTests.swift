import Sodium
import Testing

@Suite(
  "Published BLAKE2b answers",
  // The folder is not part of this package; HashTests has answers of its own.
  .enabled(if: PublishedVectors.exist("blake2/blake2b-kat.txt"), "\(PublishedVectors.whenAbsent)"))
struct BLAKE2bAnswersTests {
  @Test("All keyed hashes of BLAKE2b's own test file come out")
  func keyed() throws {
    var input: [UInt8] = []
    var count = 0
    for line in try PublishedVectors.text("blake2/blake2b-kat.txt").split(separator: "\n") {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 2 else { continue }
      switch fields[0] {
      case "in:": input = try Hex.decode(fields[1])
      case "hash:":
        let key = try countingKey(LongKey.self)
        let hash = BLAKE2b.derive(from: key, input.span, as: LongKey.self)
        #expect(Hex.encode(hash.copy()) == fields[1])
        count += 1
      default: break
      }
    }
    #expect(count == 256)
  }
}
