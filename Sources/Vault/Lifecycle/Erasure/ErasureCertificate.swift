internal import AuditLog
internal import Sodium

/// A privacy officer's certificate that classes of a customer were erased.
///
/// It is worth what its inclusion proofs are: the entry that carries the signed statement, the entry that tells what was
/// taken away, and the entry that enrolled the customer, which shows whose the erased ordinals are. The statements from the
/// genesis on come with it, so that anybody can check, without a vault, that whoever signed was a privacy officer of that
/// vault. Canonical JSON and LF; signed over `crmvault/certificate/v1`, a zero byte, the vault id and the canonical bytes
/// without `sig`.
public struct ErasureCertificate: Sendable {
  /// The `type` member.
  public static let type = "erasure-certificate"
  /// Longer files than this are no certificates.
  public static let byteLimit = 16 << 20

  /// What an erasure does not reach; every certificate says so.
  static let notReached = [
    "copies of the warden's file from before the erasure: with one, an old copy of the vault opens until the next opening",
    "releases made before the erasure, wherever they were sent",
    "that an identifier once existed, for who has an old copy of the vault with the keys of its index, until the index "
      + "epoch is destroyed",
    "the matching tags named here, kept so that a later import recognizes the customer",
    "the log, which names the customer by a random id and says what was done, and no value",
  ]

  /// The file's bytes.
  public let bytes: [UInt8]

  /// An entry with the proof that it is in the log, and what lies beside it.
  struct Evidence {
    let evidence: EntryEvidence

    var json: JSONValue {
      var members: JSONObject = [
        "proof": .string(String(decoding: evidence.proof.encoded, as: UTF8.self)),
        "envelope": .string(String(decoding: evidence.envelope, as: UTF8.self)),
      ]
      members["what"] = evidence.what.map { .string(String(decoding: $0, as: UTF8.self)) }
      members["member"] = evidence.member.map { .string(Base64.encode($0.encoded)) }
      return .object(members)
    }

    init(_ evidence: EntryEvidence) { self.evidence = evidence }

    init(_ json: JSONValue) throws {
      var reader = try MemberReader(json)
      let proof = try TLogProof(parsing: Array(reader.string("proof").utf8))
      let envelope = Array(try reader.string("envelope").utf8)
      let what = try reader.optionalString("what").map { Array($0.utf8) }
      let member = try reader.optionalString("member").map { try EnrolProof(decoding: Base64.decode($0)) }
      try reader.finish()
      evidence = EntryEvidence(proof: proof, envelope: envelope, what: what, member: member)
    }
  }

  /// What goes into a certificate.
  struct Content {
    let vault: VaultID
    let time: LogTime
    let by: KeyID
    let customer: Pseudonym
    let merged: [Pseudonym]
    let classes: Set<DataClass>
    /// The classes that are still there.
    let kept: Set<DataClass>
    let tags: Int
    /// The entries that carry the statements.
    let erasures: [Evidence]
    /// The entries that tell what was taken away.
    let removals: [Evidence]
    /// The entries that enrolled the customer and those merged into it.
    let enrolments: [Evidence]
    /// Every statement of the vault, with its entry's index.
    let chain: [(seq: UInt64, statement: JSONValue)]

    var json: JSONObject {
      func names(_ classes: Set<DataClass>) -> JSONValue {
        .array(classes.sorted().map { .string($0.name) })
      }
      return [
        "v": .integer(1), "type": .string(ErasureCertificate.type), "vault": .string(vault.description),
        "t": .string(time.description), "by": .string(by.description),
        "customer": .string(customer.description),
        "merged": .array(merged.map { .string($0.description) }), "classes": names(classes),
        "kept": names(kept), "tags": .integer(Int64(tags)),
        "not_reached": .array(ErasureCertificate.notReached.map { .string($0) }),
        "erasures": .array(erasures.map(\.json)), "removals": .array(removals.map(\.json)),
        "enrolments": .array(enrolments.map(\.json)),
        "chain": .array(
          chain.map { .object(["seq": .string(String($0.seq)), "statement": $0.statement]) }),
      ]
    }
  }

  /// Signs a certificate.
  init(_ content: Content, by identity: SecretIdentity) throws {
    var json = content.json
    let message = Self.message(try CanonicalJSON.encode(.object(json)), content.vault)
    json["sig"] = .string(Base64.encode(identity.signing.sign(message.span)))
    bytes = try CanonicalJSON.encode(.object(json)) + [UInt8(ascii: "\n")]
  }

  static func message(_ unsigned: [UInt8], _ vault: VaultID) -> [UInt8] {
    Array("crmvault/certificate/v1".utf8) + [0] + vault.bytes + unsigned
  }
}
