public import AuditLog
internal import Sodium

extension Session {
  /// Draws entries for an auditor and shows them, in the order in which they were drawn. It is a reading of the log,
  /// and an entry.
  ///
  /// - Parameters:
  ///   - nonce: what the auditor chose after the checkpoint was made.
  ///   - head: the checkpoint at which the population ends; this log must continue it.
  ///   - start: the checkpoint after which it begins, or nil.
  /// - Throws: `.integrity` when the log is no continuation of a checkpoint, `.usage` when the population is too small.
  public func sampleLog(
    nonce: [UInt8], size: Int, at head: SignedNote, after start: SignedNote?,
    _ body: (LogEntry) throws -> Void
  ) throws -> AuditSample {
    let key = try publicLog().key
    let end = try Checkpoint.open(head, origin: key.name, keys: [key]).checkpoint
    let begin = try start.map { try Checkpoint.open($0, origin: key.name, keys: [key]).checkpoint }
    let sample = try AuditSample.drawn(nonce, size, end, begin)
    var details: JSONObject = [
      "nonce": .string(Base64.encode(nonce)), "size": .integer(Int64(size)), "at": .string(String(end.size)),
    ]
    if let begin { details["after"] = .string(String(begin.size)) }
    var (auditor, log) = try openLog("sample", details)
    let prover = try log.prover()
    for checkpoint in [begin, end].compactMap({ $0 }) {
      guard checkpoint.size <= log.head.size, try prover.range(at: checkpoint.size).root == checkpoint.root
      else {
        throw VaultError(
          .integrity, "the log is not a continuation of the checkpoint at \(checkpoint.size)",
          hint: "keep this copy as evidence and the checkpoint as well")
      }
    }
    for seq in sample.entries {
      let (row, session, _) = try log.proven(seq, prover, logKey: key)
      try body(try auditor.open(row, try Self.envelope(row), session))
    }
    return sample
  }
}

extension AuditSample {
  /// The draw; a population that is too small is the caller's mistake.
  static func drawn(_ nonce: [UInt8], _ size: Int, _ end: Checkpoint, _ begin: Checkpoint?) throws
    -> AuditSample
  {
    do throws(LogError) { return try AuditSample(nonce: nonce, size: size, at: end, after: begin) } catch {
      guard error.code == .outOfBounds else { throw error }
      throw VaultError(.usage, error.reason, hint: "give a smaller --size")
    }
  }
}
