import Sodium
import Synchronization
import VaultTesting

@testable import Vault

/// A warden that tells a test before it lends the first page of keys.
final class WatchingWarden: Warden {
  private let base: any Warden
  private let watch: @Sendable () throws -> Void
  private let isTold = Mutex(false)

  init(_ base: any Warden, beforeFirstPage watch: @escaping @Sendable () throws -> Void) {
    self.base = base
    self.watch = watch
  }

  var fileID: [UInt8] { base.fileID }

  func load(
    _ keys: inout CustomerKeys, of dataClass: DataClass, in ordinals: Range<UInt64>,
    for receipt: borrowing AccessReceipt
  ) throws(WardenError) {
    let isFirst = isTold.withLock { told in
      defer { told = true }
      return !told
    }
    if isFirst {
      do { try watch() } catch { throw WardenError(.io, "the watch failed: \(error)") }
    }
    try base.load(&keys, of: dataClass, in: ordinals, for: receipt)
  }

  func verify(vaultID: VaultID, fileID: [UInt8]) throws(WardenError) {
    try base.verify(vaultID: vaultID, fileID: fileID)
  }
  func head() throws(WardenError) -> RememberedHead? { try base.head() }
  func remember(_ head: RememberedHead) throws(WardenError) { try base.remember(head) }
  func finish(_ erasures: [ErasureOrder]) throws(WardenError) { try base.finish(erasures) }
  func highestOrdinal() throws(WardenError) -> UInt64? { try base.highestOrdinal() }
  func key(
    of dataClass: DataClass, ordinal: UInt64, for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> Key<CustomerKeyPurpose> {
    try base.key(of: dataClass, ordinal: ordinal, for: receipt)
  }
  func enrol(
    _ ordinals: [UInt64], classes: [DataClass], for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> EnrolledKeys { try base.enrol(ordinals, classes: classes, for: receipt) }
  func indexDigest(
    inner: Digest32, epoch: UInt32, for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> Digest32 { try base.indexDigest(inner: inner, epoch: epoch, for: receipt) }
  func matchingDigest(
    inner: Digest32, for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> Digest32 { try base.matchingDigest(inner: inner, for: receipt) }
  func pseudonyms() -> PseudonymRule { base.pseudonyms() }
  func budgetCharges() throws(WardenError) -> [BudgetCharge] { try base.budgetCharges() }
  func charge(_ charges: [BudgetCharge]) throws(WardenError) { try base.charge(charges) }

  func slotStates(of dataClass: DataClass, in ordinals: Range<UInt64>) throws(WardenError) -> [SlotState] {
    try base.slotStates(of: dataClass, in: ordinals)
  }
}

extension SampleVaultSession {
  /// A session of a sample vault over another warden.
  static func over(_ warden: any Warden, _ vault: SampleVault, as role: Role? = nil) -> Session {
    Session(
      Session.Environment(
        store: vault.store, warden: warden, identity: vault.owner, clock: SystemClock(), memoryFolder: nil,
        ballast: nil, origin: "test"),
      role: role, ticket: nil)
  }
}

/// Where sessions with other parts are made.
enum SampleVaultSession {}
