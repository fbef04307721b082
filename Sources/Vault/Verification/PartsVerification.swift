internal import AuditLog
internal import Sodium

/// Opens the sealed parts of entries and holds them against the envelope and against who signed the commit.
struct PartsVerification: Sendable {
  let auditor: LogAuditor
  /// The names of users by key id.
  let names: [KeyID: String]

  /// A set of customers, or a batch of new ones, that an entry says lies beside it.
  struct Claim: Sendable {
    enum Content: Sendable {
      case set(SetReference)
      case enrolment(root: Digest32?, count: UInt64?)
    }
    let seq: UInt64
    let session: SessionRow?
    let phase: WhatPart.Phase?
    let ref: UInt64?
    let content: Content
  }

  /// What was found in some entries.
  struct Findings: Sendable {
    var problems: [Problem] = []
    var claims: [Claim] = []
    var opened = 0
  }

  func findings(in entries: [LogVerification.OpenableEntry]) -> Findings {
    var findings = Findings()
    var auditor = auditor
    for entry in entries {
      do throws(VaultError) {
        let opened = try auditor.open(entry.row, entry.envelope, entry.session)
        findings.opened += 1
        check(opened, entry, &findings)
      } catch {
        findings.problems.append(Problem(seq: entry.envelope.seq, code: .part, text: error.reason))
      }
    }
    return findings
  }

  private func check(
    _ entry: LogEntry, _ stored: LogVerification.OpenableEntry, _ findings: inout Findings
  ) {
    let seq = entry.envelope.seq
    func report(_ code: Problem.Code, _ text: String) {
      findings.problems.append(Problem(seq: seq, code: code, text: text))
    }
    if !entry.lacks(.who), let signer = stored.signer {
      if KeyID(entry.who.key) != signer.keyID {
        report(.actor, "the entry's actor is not the user who signed its commit")
      } else if let id = signer.keyID {
        let roles = signer.governance.flatMap { $0.roles(of: id) }.map(\.name)
        if !roles.contains(entry.who.role) {
          report(.actor, "the entry's actor did not have the role it names")
        }
        if names[id] != entry.who.actor {
          report(.actor, "the entry's actor has another name in the list of users")
        }
      }
    }
    let session = stored.row.session
    let text = Hexadecimal.text((0..<8).map { UInt8(truncatingIfNeeded: session >> (56 - 8 * Int64($0))) })
    if !entry.lacks(.who), entry.who.session != text {
      report(.part, "the entry names another session than the one it is sealed under")
    }
    let content: Claim.Content
    if let reference = entry.what.set {
      content = .set(reference)
    } else if entry.what.action == "subject.enrol" {
      let root = entry.what.details?["root"]?.string.flatMap { try? Base64.decode($0) }.flatMap {
        Digest32($0)
      }
      content = .enrolment(root: root, count: entry.what.count)
    } else {
      return
    }
    findings.claims.append(
      Claim(
        seq: seq, session: stored.session, phase: entry.what.phase, ref: entry.what.ref, content: content))
  }
}

/// Holds the sets of bulk accesses and the batches of new customers against the entries that name them.
struct SetVerification {
  private var claims: [PartsVerification.Claim] = []
  private var opened = 0

  mutating func add(_ findings: PartsVerification.Findings) {
    claims += findings.claims
    opened += findings.opened
  }

  /// Opens every set. A result must lie within its intent, and an intent has at most one.
  mutating func finish(
    _ store: any Store, _ auditor: LogAuditor, _ tail: LogTail, _ report: inout VerificationReport
  )
    throws
  {
    var auditor = auditor
    report.openedEntries = opened
    var intents: [UInt64: PartsVerification.Claim] = [:]
    var answered: Set<UInt64> = []
    var counts = (sets: 0, enrolments: 0)
    for claim in claims.sorted(by: { $0.seq < $1.seq }) {
      do {
        switch claim.content {
        case .set(let reference):
          counts.sets += 1
          let set = try store.read { try auditor.set(reference, seq: claim.seq, claim.session, $0) }
          if claim.phase == .intent { intents[claim.seq] = claim }
          guard claim.phase == .result, let ref = claim.ref else { continue }
          if !answered.insert(ref).inserted {
            report.report(claim.seq, .bulk, "a second result for the intent \(ref)")
          }
          guard let intent = intents[ref], case .set(let maximal) = intent.content else { continue }
          let whole = try store.read { try auditor.set(maximal, seq: ref, intent.session, $0) }
          if !set.set.isSubset(of: whole.set) {
            report.report(claim.seq, .bulk, "the result reaches beyond its intent, entry \(ref)")
          }
        case .enrolment(let root, let count):
          counts.enrolments += 1
          try store.read { try check(claim, root, count, &auditor, $0) }
        }
      } catch { try report.note(error, seq: claim.seq, .part) }
    }
    if tail.sets != counts.sets || tail.enrolments != counts.enrolments {
      report.report(
        nil, .row, "there are sets or batches of customers that no entry names, or some are missing")
    }
  }

  /// A batch of new customers, rebuilt from the directory.
  private func check(
    _ claim: PartsVerification.Claim, _ root: Digest32?, _ count: UInt64?, _ auditor: inout LogAuditor,
    _ reader: any StoreReader
  ) throws {
    guard let row = try reader.row(Schema.enrolment, key: [.integer(Int64(claim.seq))]),
      case .integer(let first) = row.values[1], first >= 0, case .integer(let rows) = row.values[2],
      rows >= 0,
      case .blob(let sealed) = row.values[3], rows <= 1 << 32, first <= Int64.max - rows
    else { throw VaultError(.integrity, "entry \(claim.seq): its batch of new customers is missing") }
    let secret = try auditor.enrolmentSecret(sealed, seq: claim.seq, claim.session)
    var members: [EnrolBatch.Member] = []
    try reader.scan(Schema.directory, prefix: [], range: first..<first + rows, descending: false) { row in
      let entry = try Directory.entry(row)
      let pseudonym = UInt128(entry.pseudonym.high) << 64 | UInt128(entry.pseudonym.low)
      members.append(EnrolBatch.Member(ordinal: entry.ordinal, pseudonym: pseudonym))
      return true
    }
    guard count == UInt64(rows), try EnrolBatch(members, secret: secret).root == root else {
      throw VaultError(.integrity, "entry \(claim.seq): the directory has other customers than it enrolled")
    }
  }
}
