import Synchronization
import Vault

/// A store whose n-th commit fails for want of a device, after everything was written: it is rolled back.
final class FailingStore: Store {
  private let store: any Store
  private let failing: Int
  private let commits = Mutex(0)

  init(_ store: any Store, failing: Int) {
    self.store = store
    self.failing = failing
  }

  func read<Result>(_ body: (any StoreReader) throws -> Result) throws -> Result { try store.read(body) }

  func write<Result>(_ body: (any StoreWriter) throws -> Result) throws -> Result {
    let number = commits.withLock { count in
      count += 1
      return count
    }
    return try store.write { writer in
      let result = try body(writer)
      guard number != failing else { throw StoreError(.io, "the device is gone (ordered by a test)") }
      return result
    }
  }

  func readingConnection() throws -> any Store { try store.readingConnection() }
  func effectiveSettings() throws -> [StoreSetting] { try store.effectiveSettings() }
  func close() throws { try store.close() }
}
