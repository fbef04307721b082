import Sodium

/// What a witness decides on a request: a value from values, without clock, files or network.
///
/// The order of the checks and the status of each refusal are those of C2SP tlog-witness.
public struct WitnessRule: Sendable {
  /// The keys that a witness trusts for each log, by origin.
  public private(set) var logs: [String: [LogVerifierKey]] = [:]

  /// A witness of these logs; the name of a log's key is its origin. A log may have several keys.
  ///
  /// - Throws: `wrongKey` for a key that does not sign checkpoints.
  public init(logs: [LogVerifierKey]) throws(LogError) {
    for key in logs {
      guard key.use == .log else {
        throw LogError(.wrongKey, "the key \(key.name) is a witness's, not a log's")
      }
      if self.logs[key.name]?.contains(key) != true { self.logs[key.name, default: []].append(key) }
    }
  }

  /// What is done about a request.
  public enum Judgement: Sendable {
    /// The checkpoint continues what was seen: it is to be remembered, then cosigned. The note has the lines of the
    /// log's own keys, and no others.
    case accepted(Checkpoint, SignedNote)
    /// It is refused.
    case refused(Refusal)
  }

  /// Why a request is refused.
  public struct Refusal: Sendable {
    /// The HTTP status.
    public let status: Int
    /// One line for people, without anything that came with the request.
    public let reason: String
    /// The size that is remembered, which a 409 answers.
    public var rememberedSize: UInt64?
    /// What the request is evidence of, though it is refused.
    public var evidence: Evidence?

    init(_ status: Int, _ reason: String) {
      self.status = status
      self.reason = reason
    }
  }

  /// What a refused request shows of its log. The log's own signature is on it.
  public enum Evidence: String, Sendable {
    /// The log has signed two roots for one size.
    case fork
    /// The log has signed a larger head of which it was not shown that it continues the remembered one.
    case unproved
  }

  /// The status that answers a body which cannot be read.
  public static func status(of error: LogError) -> Int { error.code == .badSignature ? 403 : 400 }

  /// The log that a request is about, when this witness knows it.
  public func origin(of request: AddCheckpointRequest) -> String? {
    let line = request.note.text.prefix { $0 != Ascii.lineFeed }
    return String(validating: line, as: UTF8.self).flatMap { logs[$0] == nil ? nil : $0 }
  }

  /// Decides on a request.
  ///
  /// - Parameter remembered: the last head that was cosigned for the log of ``origin(of:)``; nil for none.
  public func judge(_ request: AddCheckpointRequest, remembered: Checkpoint?) -> Judgement {
    do throws(LogError) {
      return try decide(request, remembered: remembered)
    } catch {
      return .refused(Refusal(error.code == .inconsistent ? 422 : 400, error.reason))
    }
  }

  private func decide(
    _ request: AddCheckpointRequest, remembered: Checkpoint?
  ) throws(LogError) -> Judgement {
    guard let origin = origin(of: request), let keys = logs[origin] else {
      return .refused(Refusal(404, "this witness does not know the log"))
    }
    let signed: [VerifiedSignature]
    do throws(LogError) {
      signed = try request.note.verify(against: keys)
    } catch {
      return .refused(Refusal(403, "no valid signature by a key that this witness trusts for the log"))
    }
    let checkpoint = try Checkpoint(parsing: request.note.text)
    guard request.oldSize <= checkpoint.size else {
      return .refused(Refusal(400, "the old size is larger than the checkpoint's"))
    }
    guard request.oldSize == remembered?.size ?? 0 else {
      var refusal = Refusal(409, "the old size is not the one that is remembered")
      refusal.rememberedSize = remembered?.size ?? 0
      if let remembered, remembered.size == checkpoint.size, remembered.root != checkpoint.root {
        refusal.evidence = .fork
      }
      return .refused(refusal)
    }
    do throws(LogError) {
      try MerkleTree.verifyConsistency(
        from: request.oldSize, to: checkpoint.size, oldRoot: remembered?.root ?? MerkleTree.emptyRoot,
        newRoot: checkpoint.root, proof: request.proof)
    } catch {
      var refusal = Refusal(422, "the consistency proof does not verify: \(error.reason)")
      refusal.evidence =
        checkpoint.size == remembered?.size && checkpoint.root != remembered?.root ? .fork : .unproved
      return .refused(refusal)
    }
    var note = try SignedNote(text: request.note.text)
    for line in request.note.signatures
    where signed.contains(where: { $0.key.id == line.keyID && $0.key.name.utf8.elementsEqual(line.name.utf8) }
    ) {
      if !note.signatures.contains(line) { note.append(line) }
    }
    return .accepted(checkpoint, note)
  }
}
