internal import AuditLog
internal import Sodium

/// What an erasure is about, as one transaction sees it: before anything is stated.
struct ErasurePlan {
  /// A legal hold that is in the way.
  struct Hold {
    let hold: LegalHold
    /// The classes that holds keep, of those that were to be erased.
    let classes: [DataClass]
    /// The reason that was given, where the log still has it.
    let reason: String?
  }

  /// What the customers can be found by.
  struct Identifiers {
    /// Their index entries; nil where an identity does not open: then the index is looked through.
    var digests: [(digest: Digest32, ordinal: UInt64)]? = []
    /// Their matching tags.
    var tags: [Digest32] = []
  }

  let customer: DirectoryEntry
  /// The customer and all who were merged into it, its own ordinal first.
  let members: [UInt64]
  /// The classes that are still to be erased.
  let classes: Set<DataClass>
  let hold: Hold?
  private let erasedBefore: Set<DataClass>
  private let merged: [Pseudonym]
  private let records: [DataClass: Int]
  private let identities: [[SealedRecord]]
  private let work: RecordWork
  private let index: IndexWork
  private let tags: SuppressionTags

  init(_ classes: Set<DataClass>, _ context: Session.AccessContext, _ warden: any Warden, at time: LogTime)
    throws
  {
    guard let customer = context.customer else { throw VaultError(.notFound, "there is no such customer") }
    self.customer = customer
    members = context.members
    merged = context.asked.others
    let subjects = context.subjects
    let gone = members.map { subjects.erasedClasses(of: $0) }
    erasedBefore = classes.filter { name in gone.allSatisfy { $0.contains(name) } }
    self.classes = classes.subtracting(erasedBefore)
    hold = try Self.hold(on: members, self.classes, context, at: time)
    var records: [DataClass: Int] = [:]
    for dataClass in self.classes {
      let count = try members.reduce(0) {
        try $0 + SealedRecord.all(dataClass, $1, context.reader).count
      }
      if count > 0 { records[dataClass] = count }
    }
    self.records = records
    let needsIdentity = self.classes.contains(.identity)
    identities = try members.map { ordinal in
      needsIdentity && !subjects.erasedClasses(of: ordinal).contains(.identity)
        ? try SealedRecord.all(.identity, ordinal, context.reader) : []
    }
    work = try context.work(warden)
    index = try IndexWork(context, warden)
    tags = try SuppressionTags(context, context.reader, warden)
  }

  private static func hold(
    on members: [UInt64], _ classes: Set<DataClass>, _ context: Session.AccessContext, at time: LogTime
  ) throws -> Hold? {
    let held = context.subjects.holds(on: members, at: time).filter { classes.contains($0.key) }
    guard let first = held.values.min(by: { $0.seq < $1.seq }) else { return nil }
    return Hold(hold: first, classes: held.keys.sorted(), reason: try reason(of: first, context))
  }

  /// The reason of a legal hold, from the log's entry of it.
  private static func reason(of hold: LegalHold, _ context: Session.AccessContext) throws -> String? {
    guard let row = try context.reader.row(Schema.entry, key: [.integer(Int64(hold.seq))]) else { return nil }
    let entry = try EntryRow(row)
    guard entry.prunedLeaf == nil, !entry.lacks(.what) else { return nil }
    var auditor = LogAuditor(
      vault: context.vaultID, pair: try context.keys.auditPair(context.reader),
      retired: context.opened.governance.retired)
    let opened = try auditor.open(
      entry, try Session.envelope(entry), try SessionRow.find(entry.session, context.reader))
    return opened.what.details?.object?["reason"]?.string
  }

  /// Opens the identities for what the customers can be found by. One that does not open must not keep anybody from
  /// being erased.
  func identifiers(for receipt: borrowing AccessReceipt) -> Identifiers {
    var found = Identifiers()
    for (ordinal, records) in zip(members, identities) {
      do {
        switch try work.fields(records, for: receipt) {
        case .none: continue
        case .some(let fields):
          let digests = try index.digests(of: fields, for: receipt)
          found.tags += try tags.tags(of: fields, for: receipt)
          found.digests? += Set(digests.values).map { (digest: $0, ordinal: ordinal) }
        }
      } catch {
        found.digests = nil
      }
    }
    return found
  }

  /// What the erasure comes to.
  func erasure(_ found: Identifiers, seq: UInt64?, outcome: ErasureRemoval.Outcome?) -> Session.Erasure {
    Session.Erasure(
      customer: customer.pseudonym, merged: merged, classes: classes.sorted(),
      erasedBefore: erasedBefore.sorted(), seq: seq, records: outcome?.records ?? records,
      indexEntries: outcome?.indexEntries ?? found.digests?.count ?? 0,
      tags: outcome?.tags ?? Set(found.tags).count)
  }
}
