internal import Sodium

/// Records consents within one transaction: the customer's record and the permission bits that follow from it, together.
struct ConsentWork {
  private let commit: Commit
  private let context: Session.AccessContext
  private let work: RecordWork
  private let keys: EnrolledKeys

  /// Takes the customers' keys, which are made where they have none of this class yet.
  init(
    _ ordinals: [UInt64], _ commit: Commit, _ context: Session.AccessContext, _ warden: any Warden,
    for receipt: borrowing AccessReceipt
  ) throws {
    self.commit = commit
    self.context = context
    work = try context.work(warden)
    keys = try warden.enrol(ordinals, classes: [.consent], for: receipt)
  }

  /// What a customer has said so far.
  func consents(of ordinal: UInt64, for receipt: borrowing AccessReceipt) throws -> ConsentRecord {
    try work.consents(SealedRecord.all(.consent, ordinal, commit.writer), for: receipt) ?? ConsentRecord()
  }

  /// Records statements of a customer; how many were new.
  @discardableResult
  func record(
    _ changes: [ConsentChange], of ordinal: UInt64, for receipt: borrowing AccessReceipt
  ) throws -> Int {
    let old = try SealedRecord.all(.consent, ordinal, commit.writer)
    var record = try work.consents(old, for: receipt) ?? ConsentRecord()
    var purposes: Set<String> = []
    var added = 0
    for change in changes {
      do {
        guard try record.record(change) else { continue }
      } catch {
        throw error.code == .full ? VaultError(.badInput, error.reason) : VaultError(error)
      }
      purposes.insert(change.purpose)
      added += 1
    }
    guard added > 0 else { return 0 }
    try write(record, ordinal, replacing: old.first)
    let key = try context.keys.classKey(.consent, commit.writer)
    for purpose in purposes.sorted() {
      guard let standing = record.standing(for: purpose) else { continue }
      try PermissionBits.set(
        ordinal, purpose: purpose, isGranted: standing.isGranted, isObjected: standing.isObjected, key: key,
        vault: context.vaultID, commit)
    }
    return added
  }

  private func write(_ record: ConsentRecord, _ ordinal: UInt64, replacing old: SealedRecord?) throws {
    var plaintext = WipedBytes(capacity: 256)
    record.encode(into: &plaintext)
    guard let key = keys.key(of: .consent, ordinal: ordinal) else {
      throw VaultError(.integrity, "the warden did not give the customer's key")
    }
    let address = RecordAddress(
      .consent, ordinal: ordinal, chunk: 0, version: old.map { $0.address.version + 1 } ?? 0)
    let sealed = try work.seal(plaintext, at: address, customerKey: key)
    if let old {
      try commit.update(Schema.record, from: old.row, to: sealed.row)
    } else {
      try commit.insert(Schema.record, sealed.row)
    }
  }
}
