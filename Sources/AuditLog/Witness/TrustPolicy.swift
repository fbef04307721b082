/// Which logs and witnesses somebody trusts, and how many of them must have cosigned: a C2SP tlog-policy.
///
/// Names are octets without a meaning outside of the policy; they are shown as text where they are valid UTF-8.
public struct TrustPolicy: Hashable, Sendable {
  /// A log that is trusted.
  public struct Log: Hashable, Sendable {
    /// Its key, whose name is the log's origin.
    public let key: LogVerifierKey
    /// Where it is, if that was said.
    public let url: String?
  }

  /// A witness that counts.
  public struct Witness: Hashable, Sendable {
    /// Its name in the policy.
    public let name: String
    /// Its key; nil for a kind of key that is not known here: such a witness counts as silent.
    public let key: LogVerifierKey?
    /// Its submission prefix, if that was said.
    public let url: String?
  }

  /// What must be: a witness, a group of which so many must be, or nothing.
  indirect enum Quorum: Hashable, Sendable {
    case none
    case witness(Int)
    case group(Int, [Quorum])
  }

  /// The logs; a policy may name none where the log is known from elsewhere.
  public internal(set) var logs: [Log] = []
  /// The witnesses.
  public internal(set) var witnesses: [Witness] = []
  var quorum = Quorum.none

  init() {}

  /// What a checkpoint has of what the policy demands.
  public struct Verdict: Hashable, Sendable {
    /// The head.
    public let checkpoint: Checkpoint
    /// The witnesses whose cosignature is on it, with their times in POSIX seconds.
    public let cosigned: [Cosigned]
    /// Whether these are enough.
    public let isSatisfied: Bool

    /// A witness that cosigned.
    public struct Cosigned: Hashable, Sendable {
      /// Its name in the policy.
      public let name: String
      /// When.
      public let time: UInt64
    }
  }

  /// The keys of all witnesses that are known here.
  public var witnessKeys: [LogVerifierKey] { witnesses.compactMap(\.key) }

  /// Holds a cosigned checkpoint against the policy.
  ///
  /// - Parameters:
  ///   - origin: the log it must be of.
  ///   - logKeys: the log's keys that count for it, by default those that the policy names.
  /// - Throws: `malformed`, `wrongOrigin`, `badSignature` when a line of a known key fails, `unsigned` when the log
  ///   itself did not sign.
  public func evaluate(
    _ note: SignedNote, origin: String, logKeys: [LogVerifierKey]? = nil
  ) throws(LogError) -> Verdict {
    let logKeys = logKeys ?? logs.map(\.key).filter { $0.name.utf8.elementsEqual(origin.utf8) }
    let opened = try Checkpoint.open(note, origin: origin, keys: logKeys + witnessKeys)
    var times: [LogVerifierKey: UInt64] = [:]
    for signature in opened.signatures {
      guard let time = signature.time, time > 0 else { continue }
      times[signature.key] = max(time, times[signature.key] ?? 0)
    }
    let cosigned = witnesses.compactMap { witness in
      witness.key.flatMap { times[$0] }.map { Verdict.Cosigned(name: witness.name, time: $0) }
    }
    return Verdict(
      checkpoint: opened.checkpoint, cosigned: cosigned, isSatisfied: isSatisfied(quorum, by: times))
  }

  private func isSatisfied(_ quorum: Quorum, by times: [LogVerifierKey: UInt64]) -> Bool {
    switch quorum {
    case .none: true
    case .witness(let index): witnesses[index].key.map { times[$0] != nil } ?? false
    case .group(let least, let members): members.count { isSatisfied($0, by: times) } >= least
    }
  }
}

extension TrustPolicy {
  /// Whether the policy asks for no cosignature at all.
  public var demandsNothing: Bool { quorum == .none }
}
