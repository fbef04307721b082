import struct GRDB.Configuration
import class GRDB.Database
import struct GRDB.DatabaseError
import class GRDB.DatabaseQueue
import GRDBSQLite
import Vault

/// One connection to a vault's database: its queue, its compiled statements, its transactions.
///
/// `@unchecked Sendable`: everything that changes is touched only inside `queue`, which lets one thread in.
final class Connection: @unchecked Sendable {
  let folder: VaultFolder
  let options: SQLiteOptions
  let isReadOnly: Bool
  private let queue: DatabaseQueue
  private let settings: EngineSettings
  private let threads = UsingThreads()
  private var statements = StatementCache()
  /// SQLite's schema counter when the format was last checked; it changes with every change of the schema.
  private var checkedSchema: Int64?
  private var isClosed = false

  /// Opens the file, after a killed writer too, and puts the settings in force. Says nothing yet of what is in
  /// the file.
  static func open(_ folder: VaultFolder, isReadOnly: Bool, options: SQLiteOptions) throws -> Connection {
    do {
      return try Connection(folder, isReadOnly: isReadOnly, options: options)
    } catch is HotJournal {
      try HotJournal.recover(folder, options: options)
      return try StoreError.mapping { try Connection(folder, isReadOnly: isReadOnly, options: options) }
    }
  }

  /// As `open`, but fails with `HotJournal` when a read-only connection meets one.
  init(_ folder: VaultFolder, isReadOnly: Bool, options: SQLiteOptions) throws {
    self.folder = folder
    self.options = options
    self.isReadOnly = isReadOnly
    let settings = EngineSettings(
      isReadOnly: isReadOnly,
      cacheKibibytes: isReadOnly ? options.readerCacheKibibytes : options.writerCacheKibibytes)
    self.settings = settings
    var configuration = Configuration()
    configuration.readonly = isReadOnly
    configuration.label = "crmvault"
    configuration.busyMode = .timeout(options.busyTimeout)
    // Transactions are begun and ended here, with compiled statements, and never left open.
    configuration.allowsUnsafeTransactions = true
    configuration.prepareDatabase { try settings.apply(to: $0) }
    do {
      queue = try DatabaseQueue(path: folder.database, configuration: configuration)
    } catch let error as DatabaseError {
      throw StoreError.read(sqlite: error.extendedResultCode.rawValue)
    }
    try exclusively { try settings.verify(in: $0) }
  }

  /// Checks what the file is; a writer brings an older format up to date.
  func checkFormat() throws {
    let format = DatabaseFormat(migrations: options.migrations)
    let version = try transaction(.begin, isChecked: false) { try format.check($0) }
    guard version < options.migrations.count else { return }
    guard !isReadOnly else {
      throw StoreError(.configuration, "the vault has an older format: open it once for writing")
    }
    try exclusively { try format.migrate($0) }
    _ = try transaction(.begin, isChecked: false) { try format.check($0) }
  }

  /// Writes the newest format into an empty file.
  func makeFormat() throws {
    try exclusively { database in
      _ = try Pragma.run("PRAGMA page_size = 4096", in: database)
      try DatabaseFormat(migrations: options.migrations).migrate(database)
    }
  }

  /// Runs `body` in one transaction, which ends with it: committed, or rolled back when it throws.
  ///
  /// - Parameters:
  ///   - kind: `.begin` to read, `.beginImmediate` to write.
  ///   - isChecked: whether the format must have been checked for the schema that the transaction sees.
  func transaction<Result>(
    _ kind: StatementShape, isChecked: Bool = true, _ body: (Database) throws -> Result
  ) throws -> Result {
    do {
      return try attempt(kind, isChecked: isChecked, body)
    } catch is HotJournal {
      // Comes from the transaction's beginning: `body` has not run.
      try HotJournal.recover(folder, options: options)
      return try StoreError.mapping { try attempt(kind, isChecked: isChecked, body) }
    }
  }

  private func attempt<Result>(
    _ kind: StatementShape, isChecked: Bool, _ body: (Database) throws -> Result
  ) throws -> Result {
    try exclusively { database in
      do {
        let schema = try begin(kind, database)
        if isChecked, schema != checkedSchema {
          _ = try DatabaseFormat(migrations: options.migrations).check(database)
        }
        let result = try body(database)
        try checkTransaction(database)
        try run(.commit, database)
        checkedSchema = schema
        return result
      } catch {
        // Some errors have rolled back already.
        if isInTransaction(database) { try? run(.rollback, database) }
        throw error
      }
    }
  }

  /// The compiled statement of a shape; only inside a transaction.
  func statement(
    _ shape: StatementShape, _ table: Table? = nil, in database: Database
  ) throws -> PreparedStatement {
    try statements.statement(shape, table, in: database)
  }

  /// Throws when SQLite has given up the transaction, as it does when the disk is full or fails: what a body
  /// that ignores the error did next would be committed row by row.
  func checkTransaction(_ database: Database) throws {
    guard isInTransaction(database) else {
      throw StoreError(.io, "the transaction was rolled back after an error")
    }
  }

  private func isInTransaction(_ database: Database) -> Bool {
    unsafe sqlite3_get_autocommit(database.sqliteConnection) == 0
  }

  /// The settings in force.
  func effectiveSettings() throws -> [StoreSetting] {
    try exclusively { try settings.effective(in: $0) }
  }

  /// Gives up statements and connection.
  func close() throws {
    try threads.once {
      queue.inDatabase { _ in
        statements.removeAll()
        isClosed = true
      }
      try StoreError.mapping { try queue.close() }
    }
  }

  /// Runs `body` alone on this connection, outside any transaction.
  func exclusively<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try threads.once {
      try queue.inDatabase { database in
        guard !isClosed else { throw StoreError(.configuration, "the store has been closed") }
        return try body(database)
      }
    }
  }

  /// Begins a transaction, takes its lock and its snapshot, and returns the schema counter.
  private func begin(_ kind: StatementShape, _ database: Database) throws -> Int64 {
    try run(kind, database)
    let statement = try statement(.schemaVersion, in: database)
    return try statement.bind([]) {
      guard try statement.step() else { throw StoreError(.corrupt, "the database has no schema counter") }
      return try statement.integer(0)
    }
  }

  private func run(_ shape: StatementShape, _ database: Database) throws {
    let statement = try statement(shape, in: database)
    try statement.bind([]) { _ = try statement.step() }
  }
}

/// A read-only connection found the journal of a writer that was killed: only a connection that may write can
/// roll that transaction back.
struct HotJournal: Error {
  /// Rolls it back, by opening the file once for writing.
  static func recover(_ folder: VaultFolder, options: SQLiteOptions) throws {
    try StoreError.mapping {
      try Connection(folder, isReadOnly: false, options: options).close()
    }
  }
}
