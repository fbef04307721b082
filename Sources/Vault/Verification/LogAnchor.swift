public import AuditLog
internal import Sodium

/// What a verification knows of a log beforehand: the more, the less can be pretended to it.
public struct LogAnchor: Sendable {
  /// The log's verifier key, from `keys/VAULT.vkey`: which log it must be.
  public var verifierKey: LogVerifierKey?
  /// A checkpoint that somebody has kept: the log must continue it.
  public var kept: SignedNote?
  /// Which witnesses must have cosigned; nil to ask for none.
  public var policy: TrustPolicy?
  /// The file of customer keys, which remembers a head.
  public var warden: (any Warden)?
  /// Where this machine remembers the heads that it has seen.
  public var memoryFolder: String?

  /// Nothing known.
  public init() {}

  /// The head of a kept note. One that the log's first key did not sign may be a later key's: see ``keptKeyProblem(_:)``.
  private func keptHead(_ kept: SignedNote, _ key: LogVerifierKey) throws(LogError) -> Checkpoint {
    do throws(LogError) {
      return try Checkpoint.open(kept, origin: key.name, keys: [key]).checkpoint
    } catch {
      guard error.code == .unsigned || error.code == .wrongOrigin else { throw error }
      let head = try Checkpoint(parsing: kept.text)
      guard LogOrigin(head.origin).base.utf8.elementsEqual(key.name.utf8) else { throw error }
      return head
    }
  }

  /// What is wrong with the kept note's signature, once the log's keys are known.
  func keptKeyProblem(_ governance: Governance) -> LogError? {
    guard let kept, let head = try? Checkpoint(parsing: kept.text) else { return nil }
    do throws(LogError) {
      _ = try Checkpoint.open(kept, origin: head.origin, keys: [try governance.verifierKey(of: head)])
      return nil
    } catch { return error }
  }

  /// The heads that the log of this genesis must go through, each checked as far as it can be; what is wrong with
  /// them goes to the report.
  func heads(_ governance: Governance, _ key: LogVerifierKey, _ report: inout VerificationReport) throws
    -> [Checkpoint]
  {
    var heads: [Checkpoint] = []
    if let verifierKey, verifierKey != key {
      report.report(nil, .logSignature, "the log is not the one of the verifier key: its own key is another")
    }
    do {
      if let kept { heads.append(try keptHead(kept, key)) }
    } catch { try report.note(error, .checkpoint) }
    do {
      if let warden {
        try warden.verify(vaultID: governance.vaultID, fileID: governance.genesis.warden)
        if let head = try warden.head() {
          heads.append(try head.checkpoint(of: key.name))
        }
      }
    } catch { try report.note(error, .warden) }
    do {
      if let memoryFolder {
        let memory = ClientMemory(folder: memoryFolder, vaultID: governance.vaultID)
        if let head = try memory.load() {
          heads.append(try head.checkpoint(of: key.name))
        } else if try memory.wasDamaged() {
          report.report(
            nil, .rollback, "what this machine remembers of the log is damaged: an older log would pass")
        }
      }
    } catch { try report.note(error, .rollback) }
    return heads
  }
}
