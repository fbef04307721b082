public import Sodium

/// Keeps every customer's half of the keys, apart from the vault, and lends it for a receipt.
///
/// The warden alone opens nothing: it has no class key. Without it nothing opens: it has the customer keys and
/// keys every index digest once more. Every method may be called from any thread.
public protocol Warden: AnyObject, Sendable {
  /// The id of its file, 16 random bytes, named by the vault's genesis statement.
  var fileID: [UInt8] { get }

  /// Refuses a warden that is another vault's, or not the one that the genesis statement names: `.integrity`.
  func verify(vaultID: VaultID, fileID: [UInt8]) throws(WardenError)

  /// The last head of the vault's log that it was told, or nil.
  ///
  /// It can be older than the last commit, never newer. Throws `.integrity` when both headers are damaged.
  func head() throws(WardenError) -> RememberedHead?

  /// Remembers a head, after its commit, durable on return. Only a later one; an earlier one is ignored.
  ///
  /// Throws `.integrity` when another root of the same size is remembered: the log was forked.
  func remember(_ head: RememberedHead) throws(WardenError)

  /// Overwrites the keys of erasures that privacy officers have stated, durable on return: those that it has not finished
  /// yet, which after an old copy of it was put back may be all.
  ///
  /// Only the governance chain makes an ``ErasureOrder``. Nothing but erasure ever writes over a key. After `.full` the
  /// keys are gone and the call can be made again.
  func finish(_ erasures: [ErasureOrder]) throws(WardenError)

  /// The highest ordinal that has a slot of any class that is not unwritten, or nil.
  func highestOrdinal() throws(WardenError) -> UInt64?

  /// Fills a page with the keys of consecutive customers, at most ``CustomerKeys/capacity``.
  ///
  /// Throws `.notPermitted` when the receipt does not name the class, or none of the customers where it names
  /// fewer than two. Customers that it does not name are withheld within the page.
  func load(
    _ keys: inout CustomerKeys, of dataClass: DataClass, in ordinals: Range<UInt64>,
    for receipt: borrowing AccessReceipt
  ) throws(WardenError)

  /// Lends one customer's key: one read of one slot.
  ///
  /// Throws `.notPermitted` when the receipt does not name class and customer, `.erased` after an erasure,
  /// `.integrity` when there is no key though one is asked for, or its slot fails its check.
  func key(
    of dataClass: DataClass, ordinal: UInt64, for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> Key<CustomerKeyPurpose>

  /// Makes the keys of customers that are new to a class, durable on return; keys that are there are kept.
  ///
  /// Called within the store's write transaction, before its commit. The receipt must name the classes, and the
  /// customers; one that may enrol covers those beyond its universe as well, and all where it names none. Throws `.erased` and `.integrity` before anything is written; after `.full`
  /// the same call can be made again. Keys without a committed customer do no harm.
  func enrol(
    _ ordinals: [UInt64], classes: [DataClass], for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> EnrolledKeys

  /// What the index of identifiers stores: the inner digest, keyed by the warden's key of the epoch.
  ///
  /// The receipt must allow a search, or to enrol. Throws `.configuration` for an epoch that it has no key of.
  func indexDigest(
    inner: Digest32, epoch: UInt32, for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> Digest32

  /// A matching tag: the inner digest, keyed by the warden's matching key. As ``indexDigest(inner:epoch:for:)``.
  func matchingDigest(
    inner: Digest32, for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> Digest32

  /// Which pseudonym belongs to which ordinal; needs no receipt, as the directory lies in the clear.
  func pseudonyms() -> PseudonymRule

  /// The privacy budgets that were spent, as the warden remembers them: a vault that was rolled back has forgotten some.
  func budgetCharges() throws(WardenError) -> [BudgetCharge]

  /// Remembers charges that it does not know yet, durable on return: before any noise is drawn for them.
  func charge(_ charges: [BudgetCharge]) throws(WardenError)

  /// The states of consecutive customers' slots, for `verify` and `doctor`: needs no receipt, gives no key.
  ///
  /// At most ``CustomerKeys/capacity`` at once. Throws `.integrity` for a slot that fails its check.
  func slotStates(of dataClass: DataClass, in ordinals: Range<UInt64>) throws(WardenError) -> [SlotState]
}

extension Warden {
  /// Lends the keys of consecutive customers in a page of its own. See ``load(_:of:in:for:)``.
  public func keys(
    of dataClass: DataClass, in ordinals: Range<UInt64>, for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> CustomerKeys {
    var keys = CustomerKeys()
    try load(&keys, of: dataClass, in: ordinals, for: receipt)
    return keys
  }

  /// The state of one customer's slot. See ``slotStates(of:in:)``.
  public func slotState(of dataClass: DataClass, ordinal: UInt64) throws(WardenError) -> SlotState {
    try SlotLayout.require(ordinal)
    guard let state = try slotStates(of: dataClass, in: ordinal..<ordinal + 1).first else {
      return .unwritten
    }
    return state
  }
}
