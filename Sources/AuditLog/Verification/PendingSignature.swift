import Sodium

/// A signature of a checkpoint that is still to be checked. Checking takes three times as long as everything else
/// about an entry, and no signature depends on another: so they are set aside, for as many cores as there are.
public struct PendingSignature: Hashable, Sendable {
  /// The size that the checkpoint states.
  public let size: UInt64
  /// The name of the key.
  public let name: String

  let code: Problem.Code
  let key: VerifyingKey
  let text: [UInt8]
  let signature: [UInt8]

  /// Checks the signature: nil when it holds.
  public func problem() -> Problem? {
    if key.verifies(signature.span, of: text.span) { return nil }
    return Problem(seq: size, code: code, text: "the signature of \(name) on the checkpoint does not verify")
  }

  /// Checks many signatures, in `workers` tasks at once. The problems are in the order of the signatures.
  public static func problems(in signatures: [PendingSignature], workers: Int) async -> [Problem] {
    let workers = max(1, min(workers, signatures.count))
    guard workers > 1 else { return signatures.compactMap { $0.problem() } }
    return await withTaskGroup(of: (Int, [Problem]).self) { group in
      for worker in 0..<workers {
        let range = (signatures.count * worker / workers)..<(signatures.count * (worker + 1) / workers)
        group.addTask { (worker, signatures[range].compactMap { $0.problem() }) }
      }
      var parts = [[Problem]](repeating: [], count: workers)
      for await (worker, problems) in group { parts[worker] = problems }
      return parts.flatMap { $0 }
    }
  }
}
