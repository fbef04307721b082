/// Every table of a vault, in the order in which they are created.
///
/// A table that is added later gets a new migration and a new code; nothing here is ever renamed.
public enum Schema {
  /// The format version that this program writes and the newest that it reads.
  public static let formatVersion = 7

  /// The public half of each enrolled user and the name that statements do not carry.
  public static let person = Table(
    "person", code: 2, key: [.blob("key_id")],
    columns: [.text("name"), .blob("signing_key"), .blob("box_key")])

  /// Policy texts by hash; statements name the hash.
  public static let policy = Table("policy", code: 3, key: [.blob("hash")], columns: [.text("text")])

  /// Keys sealed to people (role keys) or to roles (class, index, audit and log keys).
  public static let grant = Table(
    "key_grant", code: 4,
    key: [.integer("kind"), .integer("subject"), .integer("epoch"), .blob("recipient")],
    columns: [.blob("sealed")])

  /// Every customer that ever was: ordinal, pseudonym (16 bytes), state, link of a merge.
  public static let directory = Table(
    "directory", code: 5, key: [.integer("ordinal")],
    columns: [.blob("pseudonym"), .integer("state"), .integer("merged_into", nullable: true)])

  /// Sealed records, clustered by data class, then ordinal, then chunk.
  public static let record = Table(
    "record", code: 6, key: [.integer("class"), .integer("ordinal"), .integer("chunk")],
    columns: [.integer("version"), .blob("sealed")])

  /// Blind index entries: a keyed digest of an identifier and the customer that has it.
  public static let blindIndex = Table(
    "blind_index", code: 7, key: [.blob("digest"), .integer("ordinal")], columns: [.integer("epoch")])

  /// Permission bits, 1,024 ordinals a sealed block.
  public static let permission = Table(
    "permission", code: 8, key: [.blob("purpose"), .integer("first_ordinal")],
    columns: [.integer("version"), .blob("sealed")])

  /// Imports that were begun: unfinished ones are finished by importing the same file again.
  public static let importRun = Table(
    "import_run", code: 9, key: [.blob("id")],
    columns: [.integer("state"), .integer("rows"), .integer("started_seq")])

  /// Backups that were made: kind (1 of the vault, 2 of the warden's file), SHA-256 of the file (of the warden's: none,
  /// one row), when, its bytes, and how many entries the log had.
  public static let backup = Table(
    "backup", code: 22, key: [.integer("kind"), .blob("digest")],
    columns: [.integer("made"), .integer("bytes"), .integer("log_size")])

  /// What has left: the catalogue of releases, sealed under the score class; of a pseudonymized one also the two shares
  /// of its key, sealed to privacy officer and custodian.
  public static let release = Table(
    "release", code: 12, key: [.blob("id")],
    columns: [
      .integer("seq"), .blob("sealed"), .blob("officer_share", nullable: true),
      .blob("custodian_share", nullable: true),
    ])

  /// What was spent of privacy budgets, sealed under the score class.
  public static let budget = Table(
    "budget", code: 13, key: [.blob("release")], columns: [.integer("seq"), .blob("sealed")])

  /// The log's entries: public envelope and two sealed parts.
  public static let entry = Table(
    "entry", code: 64, key: [.integer("seq")],
    columns: [
      .integer("kind"), .integer("session"), .blob("envelope"), .blob("what", nullable: true),
      .blob("who", nullable: true),
    ], isCommitted: false)

  /// Session keys of the log's sealed parts, sealed to the audit key of an epoch.
  public static let session = Table(
    "session", code: 65, key: [.integer("id")], columns: [.integer("epoch"), .blob("sealed")],
    isCommitted: false)

  /// The checkpoint of every commit (a signed note) and the compact range of the tree before it.
  public static let checkpoint = Table(
    "checkpoint", code: 66, key: [.integer("size")], columns: [.blob("note"), .blob("frontier")],
    isCommitted: false)

  /// Bulk subject sets by root: their chunks and secret, sealed like a part.
  public static let subjectSet = Table(
    "subject_set", code: 67, key: [.blob("root")], columns: [.integer("seq"), .blob("sealed")],
    isCommitted: false)

  /// The state commitment's current sum: one row with id 0.
  public static let commitment = Table(
    "commitment", code: 68, key: [.integer("id")], columns: [.blob("sum")], isCommitted: false)

  /// Sequence numbers of the entries that carry a statement.
  public static let statement = Table(
    "statement", code: 69, key: [.integer("seq")], columns: [], isCommitted: false)

  /// Batches of customers that were added, by the entry that tells of it: first ordinal, count, sealed secret.
  public static let enrolment = Table(
    "enrolment", code: 70, key: [.integer("seq")],
    columns: [.integer("first_ordinal"), .integer("count"), .blob("sealed")], isCommitted: false)

  /// Requests for a second person's approval: hash, what is asked (sealed to requester and approvers), the answer.
  public static let request = Table(
    "request", code: 17, key: [.integer("number")],
    columns: [.blob("hash"), .blob("sealed"), .blob("answer", nullable: true)])

  /// Approvals that were used, in the clear: the request's hash, the entry that follows its use, the approval.
  public static let usedApproval = Table(
    "used_approval", code: 18, key: [.blob("request")], columns: [.integer("seq"), .blob("approval")])

  /// Slots of one customer each, 128 a sealed block: statistics, saved scores, the release ledger.
  public static let block = Table(
    "block", code: 10,
    key: [.integer("class"), .integer("kind"), .blob("object"), .integer("first_ordinal")],
    columns: [.integer("version"), .blob("sealed")])

  /// The catalogue of saved runs of scores and of frozen norms.
  public static let scoreSet = Table(
    "score_set", code: 11, key: [.blob("id")],
    columns: [.integer("kind"), .integer("state"), .integer("version"), .blob("sealed")])

  /// The witnesses that the vault's heads are shown to: name, verifier key, address.
  public static let witness = Table(
    "witness", code: 16, key: [.blob("name")], columns: [.text("vkey"), .text("url")])

  /// Checkpoints with the cosignatures that witnesses have put under them: signed notes, by size.
  public static let cosignature = Table(
    "cosignature", code: 76, key: [.integer("size")], columns: [.blob("note")], isCommitted: false)

  /// Who was merged into whom: the entry that tells of it, and a tag under a key of the warden's.
  public static let mergeLink = Table(
    "merge_link", code: 21, key: [.integer("target"), .integer("source")],
    columns: [.integer("seq"), .blob("tag")])

  /// Matching tags of identifiers that were erased: a later import recognizes them.
  public static let suppression = Table(
    "suppression", code: 14, key: [.blob("tag")], columns: [.integer("seq")])

  /// Erasures whose rows are still to be taken away, by the entry that carries the statement.
  public static let erasureRun = Table("erasure_run", code: 20, key: [.integer("seq")], columns: [])

  /// All tables.
  public static let tables: [Table] = [
    person, policy, grant, directory, record, blindIndex, permission, importRun, entry, session, checkpoint,
    subjectSet, commitment, statement, enrolment, witness, cosignature, request, usedApproval, mergeLink,
    suppression, erasureRun, block, scoreSet, backup, release, budget,
  ]
}
