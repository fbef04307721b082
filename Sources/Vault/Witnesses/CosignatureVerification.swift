internal import AuditLog
internal import Sodium

/// Holds kept cosignatures against the log that was verified, and against what a trust policy demands.
struct CosignatureVerification {
  private static let step = 256

  private let governance: Governance
  private let policy: TrustPolicy?

  init(_ governance: Governance, _ policy: TrustPolicy?) {
    self.governance = governance
    self.policy = policy
  }

  /// Checks every kept note: it is of a checkpoint of the log, and every line by a known witness verifies. Of the
  /// largest that the policy finds enough, the verdict goes into the report.
  func run(_ store: any Store, _ report: inout VerificationReport) throws {
    if let policy, !policy.logs.isEmpty, !namesLog(policy) {
      report.report(nil, .quorum, "the trust policy does not name this log")
    }
    let witnesses = try store.read { try VaultWitness.all($0) }
    var next: UInt64 = 0
    var isAtEnd = false
    while !isAtEnd {
      let rows = try store.read { try stretch($0, from: next) }
      isAtEnd = rows.count < Self.step
      for (cosigned, checkpoint) in rows {
        next = cosigned.size + 1
        check(cosigned, checkpoint, witnesses, &report)
      }
    }
    // A policy that asks for no cosignature is content with any head.
    guard let policy, report.cosigned == nil, !policy.demandsNothing else { return }
    report.report(nil, .quorum, "no checkpoint of the log has the cosignatures that the trust policy demands")
  }

  private func namesLog(_ policy: TrustPolicy) -> Bool {
    policy.logs.contains { log in
      LogOrigin(log.key.name).base == governance.vaultID.origin
        && governance.logKeys.contains { $0.key == log.key.key }
    }
  }

  private func stretch(
    _ reader: any StoreReader, from size: UInt64
  ) throws -> [(cosigned: CosignedRow, checkpoint: CheckpointRow?)] {
    var rows: [CosignedRow] = []
    try reader.scan(
      Schema.cosignature, prefix: [], range: Int64(clamping: size)..<Int64.max, descending: false
    ) { row in
      rows.append(try CosignedRow(row))
      return rows.count < Self.step
    }
    return try rows.map { cosigned in
      let row = try reader.row(Schema.checkpoint, key: [.integer(Int64(cosigned.size))])
      return (cosigned, try row.map { try CheckpointRow($0) })
    }
  }

  private func check(
    _ cosigned: CosignedRow, _ checkpoint: CheckpointRow?, _ witnesses: [VaultWitness],
    _ report: inout VerificationReport
  ) {
    guard cosigned.size <= report.size else {
      report.report(
        cosigned.size, .rollback,
        "the log has \(report.size) entries, and a witness has cosigned \(cosigned.size)")
      return
    }
    do throws(LogError) {
      guard let checkpoint, try SignedNote(parsing: checkpoint.note).text == cosigned.note.text else {
        throw LogError(.inconsistent, "it is of no checkpoint of this log")
      }
      let key = try governance.verifierKey(atSize: cosigned.size)
      _ = try cosigned.note.verify(against: [key] + witnesses.map(\.key))
      guard let policy else { return }
      let verdict = try policy.evaluate(cosigned.note, origin: key.name, logKeys: [key])
      if verdict.isSatisfied { report.cosigned = verdict }
    } catch {
      report.report(
        cosigned.size, .cosignature, "a kept cosigned checkpoint does not verify: \(error.reason)")
    }
  }
}
