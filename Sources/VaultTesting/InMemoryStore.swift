import Dispatch
import Synchronization
public import Vault

/// A vault's rows in memory, for tests: the same behaviour as a real store, without a disk.
///
/// Snapshots and rollback come from values: a writer changes its own copy, which a commit puts in place.
public final class InMemoryStore: Store {
  private let rows: SharedRows
  private let isReadOnly: Bool
  private let threads = UsingThreads()
  private let isClosed = Mutex(false)

  /// An empty store.
  ///
  /// - Parameter busyTimeout: how many seconds a writer waits for another one before it gets `.busy`.
  public convenience init(busyTimeout: Double = 5) {
    self.init(SharedRows(busyTimeout: busyTimeout), isReadOnly: false)
  }

  private init(_ rows: SharedRows, isReadOnly: Bool) {
    self.rows = rows
    self.isReadOnly = isReadOnly
  }

  /// What goes wrong from now on; see ``StoreFaults``.
  public var faults: StoreFaults {
    get { rows.faults.withLock { $0 } }
    set { rows.faults.withLock { $0 = newValue } }
  }

  /// An independent store with the rows of this moment: an old backup, a stolen disk.
  public func copy() -> InMemoryStore {
    let copy = SharedRows(busyTimeout: rows.busyTimeout)
    copy.contents.withLock { $0 = rows.contents.withLock { $0 } }
    return InMemoryStore(copy, isReadOnly: false)
  }

  /// Puts the rows of another store in place of all rows here: what an owner of the disk can do.
  public func replaceRows(by other: InMemoryStore) {
    let contents = other.rows.contents.withLock { $0 }
    rows.contents.withLock { $0 = contents }
  }

  /// A second connection to the same rows, as another process would have.
  public func anotherConnection() -> InMemoryStore { InMemoryStore(rows, isReadOnly: isReadOnly) }

  /// Runs `body` on one consistent snapshot.
  public func read<Result>(_ body: (any StoreReader) throws -> Result) throws -> Result {
    try using {
      let reader = InMemoryReader(rows.contents.withLock { $0 })
      defer { reader.end() }
      return try body(reader)
    }
  }

  /// Takes the write lock and runs `body`; its changes are kept if it returns.
  public func write<Result>(_ body: (any StoreWriter) throws -> Result) throws -> Result {
    try using {
      guard !isReadOnly else { throw StoreError(.configuration, "the store was opened read-only") }
      return try rows.locked {
        let writer = InMemoryWriter(rows.contents.withLock { $0 }) {
          try self.rows.faults.withLock { try $0.change() }
        }
        defer { writer.end() }
        let result = try body(writer)
        try writer.checkTransaction()
        try rows.faults.withLock { try $0.commit() }
        rows.contents.withLock { $0 = writer.contents }
        return result
      }
    }
  }

  /// A further connection that only reads.
  public func readingConnection() throws -> any Store {
    try using { InMemoryStore(rows, isReadOnly: true) }
  }

  /// There are none.
  public func effectiveSettings() throws -> [StoreSetting] { try using { [] } }

  /// Later uses throw `.configuration`.
  public func close() throws { isClosed.withLock { $0 = true } }

  private func using<Result>(_ body: () throws -> Result) throws -> Result {
    try threads.once {
      guard !isClosed.withLock({ $0 }) else {
        throw StoreError(.configuration, "the store has been closed")
      }
      return try body()
    }
  }
}

/// The rows that several connections share, and the one write lock.
private final class SharedRows: Sendable {
  let contents = Mutex(InMemoryContents())
  let faults = Mutex(StoreFaults())
  let busyTimeout: Double
  private let writing = DispatchSemaphore(value: 1)

  init(busyTimeout: Double) { self.busyTimeout = busyTimeout }

  func locked<Result>(_ body: () throws -> Result) throws -> Result {
    let isBusy = faults.withLock { $0.isBusy }
    guard !isBusy, writing.wait(timeout: .now() + busyTimeout) == .success else {
      throw StoreError(.busy, "another connection is writing")
    }
    defer { writing.signal() }
    return try body()
  }
}
