import Sodium
import Testing

@testable import AuditLog

@Suite("Log prover")
struct LogProverTests {
  typealias Numbers = TileDirectoryTests.Numbers

  @Test(
    "proves every entry, at its size and at every older one",
    arguments: [1, 2, 255, 256, 257, 511, 600, 1000])
  func inclusion(count: Int) throws {
    let numbers = Numbers(count: count)
    let leaves = try numbers.leafHashes(0..<UInt64(count))
    let prover = try LogProver(numbers, size: UInt64(count))
    #expect(prover.root == MerkleTree.root(of: leaves))
    for index in Set([0, count / 3, count / 2, count - 1]) {
      #expect(
        try prover.inclusionProof(of: UInt64(index))
          == MerkleTree.inclusionProof(index: UInt64(index), leafHashes: leaves))
      let older = Array(leaves[...max(index, count / 2)])
      try MerkleTree.verifyInclusion(
        leafHash: leaves[index], index: UInt64(index), size: UInt64(older.count),
        proof: try prover.inclusionProof(of: UInt64(index), in: UInt64(older.count)),
        root: MerkleTree.root(of: older))
    }
    for older in Set([0, 1, count / 3, count - 1, count]) {
      #expect(try prover.range(at: UInt64(older)).root == MerkleTree.root(of: Array(leaves[..<older])))
      #expect(
        try prover.consistencyProof(from: UInt64(older))
          == MerkleTree.consistencyProof(from: UInt64(older), leafHashes: leaves))
    }
  }

  @Test("what is beyond the log is refused")
  func bounds() throws {
    let prover = try LogProver(Numbers(count: 300), size: 300)
    #expect(throws: LogError(.outOfBounds, "")) { try prover.inclusionProof(of: 300) }
    #expect(throws: LogError(.outOfBounds, "")) { try prover.inclusionProof(of: 3, in: 301) }
    #expect(throws: LogError(.outOfBounds, "")) { try prover.range(at: 301) }
    #expect(throws: LogError(.outOfBounds, "")) { try prover.consistencyProof(from: 301) }
    #expect(throws: LogError.self) { try LogProver(try SampleLog(count: 3), size: 4) }
  }

  @Test("entries that change after they were read prove nothing")
  func changing() throws {
    final class Changing: LogSource {
      var numbers = Numbers(count: 600)
      func entries(_ range: Range<UInt64>) throws(LogError) -> [[UInt8]] { try numbers.entries(range) }
    }
    let source = Changing()
    let prover = try LogProver(source, size: 600)
    source.numbers.changed = 20
    #expect(throws: LogError(.inconsistent, "")) { try prover.inclusionProof(of: 20) }
  }

  @Test("its tiles are those of the published folder")
  func tiles() throws {
    let prover = try LogProver(Numbers(count: 700), size: 700)
    #expect(try prover.tile(level: 0, index: 1).count == 256)
    #expect(try prover.tile(level: 0, index: 2).count == 188)
    #expect(try prover.tile(level: 1, index: 0).count == 2)
    #expect(try prover.tile(level: 1, index: 1).isEmpty && prover.tile(level: 2, index: 0).isEmpty)
  }
}
