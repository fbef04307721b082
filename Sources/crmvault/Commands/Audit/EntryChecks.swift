import AuditLog
import Vault

/// Checks proofs of entries, and what they say together of one customer.
enum EntryChecks {
  /// A customer whose ordinal an entry proves.
  private struct Enrolled {
    let member: EnrolBatch.Member
    let seq: UInt64
    var pseudonym: Pseudonym {
      Pseudonym(
        high: UInt64(member.pseudonym >> 64), low: UInt64(truncatingIfNeeded: member.pseudonym))
    }
  }

  /// Checks every proof; a set is asked for the customers whose enrolment is among the proofs, or beside them as
  /// `customer.tlog-proof`.
  static func run(_ paths: [String], _ keys: [LogVerifierKey]) -> [EvidenceCheck] {
    var checks = paths.map { check($0, keys) }
    var enrolled = checks.compactMap { enrolment($0.proven) }
    for index in checks.indices {
      guard let proven = checks[index].proven, proven.what?.set != nil, proven.hasChunk else { continue }
      if enrolled.isEmpty {
        let folder = paths[index].lastIndex(of: "/").map { String(paths[index][...$0]) } ?? ""
        enrolled = [enrolment(check(folder + "customer.tlog-proof", keys).proven)].compactMap(\.self)
      }
      judge(proven, enrolled, &checks[index])
    }
    return checks
  }

  private static func check(_ path: String, _ keys: [LogVerifierKey]) -> EvidenceCheck {
    var check = EvidenceCheck(file: path, kind: "entry")
    do throws(LogError) {
      let proven = try EntryEvidence(path: path).verify(keys: keys)
      check.proven = proven
      check.customer = enrolment(proven)?.pseudonym
    } catch { check.problems = [error.reason] }
    return check
  }

  private static func enrolment(_ proven: ProvenEntry?) -> Enrolled? {
    guard let proven, let member = proven.customer else { return nil }
    return Enrolled(member: member, seq: proven.envelope.seq)
  }

  /// Asks the entry's set for every customer who is known; one of them the chunk must be about.
  private static func judge(_ proven: ProvenEntry, _ enrolled: [Enrolled], _ check: inout EvidenceCheck) {
    var problem =
      "a chunk of a set without a proof of which customer is meant: customer.tlog-proof is missing"
    for customer in enrolled {
      do throws(LogError) {
        let isMember = try proven.contains(customer.member, enrolledBy: customer.seq)
        check.members.append((customer.pseudonym, isMember))
      } catch { problem = error.reason }
    }
    if check.members.isEmpty { check.problems.append(problem) }
  }
}
