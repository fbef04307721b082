public import Vault

/// Failures to order from an ``InMemoryStore``. A failure happens once; the store goes on afterwards.
public struct StoreFaults: Sendable {
  /// Every write finds the lock taken.
  public var isBusy = false
  /// How many inserts, updates and deletes still succeed before one fails; nil: all.
  public var changesBeforeFailure: Int?
  /// How many commits still succeed before one fails and is rolled back; nil: all.
  public var commitsBeforeFailure: Int?
  /// The error of both.
  public var error = StoreError(.full, "no space is left (ordered by a test)")

  /// Nothing goes wrong.
  public init() {}

  mutating func change() throws(StoreError) { try count(&changesBeforeFailure) }

  mutating func commit() throws(StoreError) { try count(&commitsBeforeFailure) }

  private func count(_ left: inout Int?) throws(StoreError) {
    guard let successes = left else { return }
    left = successes > 0 ? successes - 1 : nil
    if successes <= 0 { throw error }
  }
}
