internal import AuditLog
internal import Sodium

/// Holds the parts of a package's entries, and the sets of its bulk accesses, against the entries.
struct PackageParts {
  /// An entry whose parts are known, until its commit's signer is.
  struct Opened {
    let seq: UInt64
    let who: WhoPart
  }

  private var intents: [UInt64: SubjectSet] = [:]
  private var answered: Set<UInt64> = []
  private var waiting: [Opened] = []
  /// How many entries had both parts.
  private var shown = 0

  /// Holds the parts of an entry against it. Empty bytes are a part that is not shown, since it was erased: that is
  /// counted, and the statement that permits it may be later than the package's end.
  mutating func open(
    _ envelope: Envelope, _ what: [UInt8], _ who: [UInt8], _ files: PackageFiles,
    _ report: inout VerificationReport
  ) -> [Opened] {
    let seq = envelope.seq
    for (bytes, hash, name) in [(what, envelope.what, "what"), (who, envelope.who, "who")]
    where !bytes.isEmpty && SHA256.hash(bytes) != hash {
      report.report(seq, .part, "\(name) is not the part that the entry names")
      return []
    }
    if !what.isEmpty, !who.isEmpty { shown += 1 }
    if what.isEmpty { report.erasedParts[.what, default: 0] += 1 }
    if who.isEmpty { report.erasedParts[.who, default: 0] += 1 }
    do throws(LogError) {
      if !what.isEmpty { try check(try WhatPart(decoding: what), seq, files, &report) }
      return who.isEmpty ? [] : [Opened(seq: seq, who: try WhoPart(decoding: who))]
    } catch {
      report.report(seq, .part, "a part is malformed: \(error.reason)")
      return []
    }
  }

  /// Keeps entries whose commit ends in a later bundle.
  mutating func wait(_ opened: [Opened]) { waiting += opened }

  /// Holds the actors of a commit's entries against its signer.
  mutating func check(
    signer: String?, _ states: [Governance], pending: [Opened], _ report: inout VerificationReport
  ) {
    for entry in waiting + pending {
      guard let signer, let id = KeyID(signer) else { continue }
      if entry.who.key != signer {
        report.report(entry.seq, .actor, "the entry's actor is not the user who signed its commit")
      } else if !states.contains(where: { $0.roles(of: id).map(\.name).contains(entry.who.role) }) {
        report.report(entry.seq, .actor, "the entry's actor did not have the role it names")
      }
    }
    waiting.removeAll(keepingCapacity: true)
  }

  /// What is left when all entries were seen.
  func finish(_ range: Range<UInt64>, _ report: inout VerificationReport) { report.openedEntries = shown }

  private mutating func check(
    _ what: WhatPart, _ seq: UInt64, _ files: PackageFiles, _ report: inout VerificationReport
  ) throws(LogError) {
    if what.phase == .result, let ref = what.ref, !answered.insert(ref).inserted {
      report.report(seq, .bulk, "a second result for the intent \(ref)")
    }
    guard let reference = what.set else { return }
    let bytes = try files.required(PackageLayout.set(reference.root.description), limit: 1 << 30)
    guard bytes.count > 32, let secret = try? Key<SaltPurpose>.copying(Array(bytes.suffix(32)).span) else {
      throw LogError(.malformed, "a set of customers is cut off")
    }
    let set = CommittedSet(
      try SubjectSet(packed: Array(bytes.dropLast(32)), universeLimit: reference.universe),
      secret: SharedKey(secret))
    guard set.root == reference.root, set.set.universe == reference.universe, set.set.count == reference.count
    else { throw LogError(.inconsistent, "its set of customers is not the one that it names") }
    if what.phase == .intent { intents[seq] = set.set }
    if what.phase == .result, let ref = what.ref, let intent = intents[ref], !set.set.isSubset(of: intent) {
      report.report(seq, .bulk, "the result reaches beyond its intent, entry \(ref)")
    }
  }
}
