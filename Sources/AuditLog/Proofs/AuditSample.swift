import Sodium

/// An auditor's draw of entries, which the operator cannot steer and anybody can redo.
///
/// The auditor holds a signed checkpoint first and then tells a nonce, so that neither the log nor the draw can be fitted
/// to the other. The bytes:
///
/// - seed = SHA-256(`crmvault/sample/v1` ‖ 0x00 ‖ length of the nonce u32 ‖ nonce ‖ text of the checkpoint after which
///   the population begins, or nothing ‖ 0x00 ‖ text of the checkpoint at which it ends)
/// - block j = SHA-256(seed ‖ j u64), j from 0; each block is four numbers u64. Integers are big-endian.
/// - With n entries in the population, a number x at or above the largest multiple of n that u64 holds is passed over;
///   else entry first + (x mod n) is drawn, unless it was drawn before; until there are as many as were asked for.
public struct AuditSample: Hashable, Sendable {
  /// The entries that are drawn from.
  public let population: Range<UInt64>

  /// The entries in the order in which they were drawn, all different.
  public let entries: [UInt64]

  /// Draws.
  ///
  /// - Parameters:
  ///   - nonce: what the auditor chose after the checkpoint was made.
  ///   - size: how many entries.
  ///   - head: the checkpoint at which the population ends.
  ///   - start: the checkpoint after which it begins; nil for the first entry.
  /// - Throws: `outOfBounds` when the population has not so many entries, `wrongOrigin` when the checkpoints are of two
  ///   logs, `inconsistent` when the population would end before it begins.
  public init(nonce: [UInt8], size: Int, at head: Checkpoint, after start: Checkpoint? = nil) throws(LogError)
  {
    if let start {
      guard start.origin.utf8.elementsEqual(head.origin.utf8) else {
        throw LogError(.wrongOrigin, "the two checkpoints are of two logs")
      }
      guard start.size <= head.size else {
        throw LogError(.inconsistent, "the population would end before it begins")
      }
    }
    let first = start?.size ?? 0
    population = first..<head.size
    let count = head.size - first
    guard size >= 0, UInt64(size) <= count else {
      throw LogError(.outOfBounds, "the population has \(count) entries, fewer than \(size)")
    }
    var draws = Draws(seed: Self.seed(nonce, start, head))
    var drawn: Set<UInt64> = []
    var entries: [UInt64] = []
    while entries.count < size {
      let index = draws.next(below: count)
      if drawn.insert(index).inserted { entries.append(first + index) }
    }
    self.entries = entries
  }

  private static func seed(_ nonce: [UInt8], _ start: Checkpoint?, _ head: Checkpoint) -> Digest32 {
    var bytes = Array("crmvault/sample/v1".utf8) + [0]
    bytes.append(bigEndian: UInt32(truncatingIfNeeded: nonce.count))
    bytes += nonce
    bytes += start?.text ?? []
    bytes.append(0)
    bytes += head.text
    return SHA256.hash(bytes)
  }

  /// Numbers from hashes of a seed and a counter.
  private struct Draws {
    let seed: Digest32
    var block: [UInt8] = []
    var counter: UInt64 = 0
    var position = 32

    mutating func next(below count: UInt64) -> UInt64 {
      // The numbers from here on would make the first of the population likelier than the last.
      let surplus = (UInt64.max % count + 1) % count
      while true {
        let number = next()
        if number <= UInt64.max - surplus { return number % count }
      }
    }

    private mutating func next() -> UInt64 {
      if position == 32 {
        var input = seed.bytes
        input.append(bigEndian: counter)
        block = SHA256.hash(input).bytes
        counter += 1
        position = 0
      }
      defer { position += 8 }
      return UInt64(bigEndian: block[position..<position + 8])
    }
  }
}
