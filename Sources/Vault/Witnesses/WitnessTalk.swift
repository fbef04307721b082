internal import AuditLog
internal import Sodium

/// Shows a log's head to one witness and takes its cosignature: C2SP tlog-witness, the log's side.
struct WitnessTalk {
  let witness: VaultWitness
  let transport: any WitnessTransport
  let log: StoredLog

  /// What came of it.
  enum Outcome {
    /// The witness cosigned at this time; the lines as it sent them.
    case cosigned(lines: [NoteSignature], time: UInt64)
    /// The witness remembers a larger log than this one.
    case ahead(UInt64)
  }

  /// Submits the head, from the size that the witness is believed to remember.
  ///
  /// - Throws: `.integrity` when the witness does not find the log to be a continuation, `.configuration` when it does not
  ///   know the log or its key, `.unavailable` when there is no answer of use.
  func submit(from believed: UInt64) throws -> Outcome {
    var old = min(believed, log.head.size)
    for _ in 0..<2 {
      let note = try SignedNote(parsing: log.head.note)
      let request = try AddCheckpointRequest(
        oldSize: old, proof: try log.consistencyProof(from: old), note: note)
      let answer = try transport.addCheckpoint(to: witness, request.encoded)
      switch answer.status {
      case 200: return try cosigned(answer.body, note)
      case 409:
        guard let size = Self.size(answer.body) else { throw useless("its answer is malformed") }
        guard size <= log.head.size else { return .ahead(size) }
        guard size != old else { throw useless("it contradicts itself about the size that it remembers") }
        old = size
      case 422:
        throw VaultError(
          .integrity,
          "the witness \(witness.name) does not find the log to be a continuation of the \(old) entries it saw",
          hint: "the log was forked or rewritten: keep this copy as evidence, and ask for the witness's")
      case 404:
        throw VaultError(
          .configuration, "the witness \(witness.name) does not know this log",
          hint: "give its operator the log's verifier key: crmvault audit key list")
      case 403:
        throw VaultError(
          .configuration, "the witness \(witness.name) does not accept the log's signature",
          hint: "after a key rotation its operator needs the new verifier key: crmvault audit key list")
      default: throw useless("it answered with status \(answer.status)")
      }
    }
    throw useless("it changes what it says it remembers")
  }

  private func cosigned(_ body: [UInt8], _ note: SignedNote) throws -> Outcome {
    do throws(LogError) {
      let answer = try Cosignatures.open(body, of: note, by: witness.key)
      return .cosigned(lines: answer.lines, time: answer.time)
    } catch { throw useless("its cosignature does not verify: \(error.reason)") }
  }

  private func useless(_ why: String) -> VaultError {
    VaultError(
      .unavailable, "no cosignature from the witness \(witness.name): \(why)",
      hint: "check its address and verifier key: crmvault audit witness list")
  }

  private static func size(_ body: [UInt8]) -> UInt64? {
    let text = body.last == 0x0a ? String(decoding: body.dropLast(), as: UTF8.self) : ""
    guard let size = UInt64(text), String(size) == text else { return nil }
    return size
  }
}

extension StoredLog {
  /// The consistency proof from an older size to the head, checked before it is returned.
  ///
  /// The tree at a commit's end is kept with the commit after it: only what came later is read.
  func consistencyProof(from old: UInt64) throws -> [Digest32] {
    guard old > 0, old < head.size else { return [] }
    let known = try store.read { reader in
      var found: CompactRange?
      try reader.scan(
        Schema.checkpoint, prefix: [], range: Int64(old) + 1..<Int64.max, descending: false
      ) { row in
        let frontier = try CompactRange(decoding: try CheckpointRow(row).frontier)
        if frontier.size == old { found = frontier }
        return false
      }
      return found
    }
    let source = LogStoreSource(log: self)
    var tree = CompactRange()
    if let known { tree = known } else { for leaf in try leafHashes(0..<old) { tree.append(leaf) } }
    let peaks = tree.fullSubtrees
    let proof: [Digest32]
    do throws(LogError) {
      proof = try MerkleTree.consistencyProof(from: old, to: head.size) { level, index throws(LogError) in
        let range = index << UInt64(level)..<(index + 1) << UInt64(level)
        if let peak = peaks[range] { return peak }
        return try source.subtree(range)
      }
    } catch { throw source.failure ?? error }
    try MerkleTree.verifyConsistency(
      from: old, to: head.size, oldRoot: tree.root, newRoot: head.range.root, proof: proof)
    return proof
  }
}

extension CompactRange {
  /// The full subtrees that the peaks are the roots of.
  fileprivate var fullSubtrees: [Range<UInt64>: Digest32] {
    var subtrees: [Range<UInt64>: Digest32] = [:]
    var start: UInt64 = 0
    for (bit, peak) in zip((0..<64).reversed().filter { size >> UInt64($0) & 1 == 1 }, peaks) {
      subtrees[start..<start + 1 << UInt64(bit)] = peak
      start += 1 << UInt64(bit)
    }
    return subtrees
  }
}
