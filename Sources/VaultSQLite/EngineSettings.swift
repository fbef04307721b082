import class GRDB.Database
import GRDBSQLite
import Vault

/// What the vault demands of SQLite, how it is asked for, and what is in force.
struct EngineSettings: Sendable {
  /// A setting: its pragma, the value that is set (nil: a property of the file), the value that must be read.
  private struct Demand: Sendable {
    let pragma: String
    let set: String?
    let required: String
  }

  private let demands: [Demand]

  /// The settings of a connection.
  ///
  /// - Parameters:
  ///   - isReadOnly: a reader may not change the journal mode; it only looks.
  ///   - cacheKibibytes: the page cache. A writer that spills must lock out readers early, so its is large.
  init(isReadOnly: Bool, cacheKibibytes: Int) {
    func demand(_ pragma: String, _ set: String?, _ required: String) -> Demand {
      Demand(pragma: pragma, set: set, required: required)
    }
    demands = [
      demand("trusted_schema", "OFF", "0"),
      demand("cell_size_check", "ON", "1"),
      demand("foreign_keys", "ON", "1"),
      demand("temp_store", "MEMORY", "2"),
      demand("mmap_size", "0", "0"),
      demand("synchronous", "EXTRA", "3"),
      demand("secure_delete", "ON", "1"),
      demand("cache_size", "-\(cacheKibibytes)", "-\(cacheKibibytes)"),
      // A file that somebody put into WAL mode is switched back, which SQLite does only when nobody else has
      // it open; otherwise the value read says so.
      demand("journal_mode", isReadOnly ? nil : "DELETE", "delete"),
      demand("page_size", nil, "4096"),
      demand("encoding", nil, "UTF-8"),
    ]
  }

  /// Sets what can be set.
  func apply(to database: Database) throws {
    for demand in demands {
      guard let value = demand.set else { continue }
      _ = try Pragma.run("PRAGMA \(demand.pragma) = \(value)", in: database)
    }
  }

  /// The values in force, read back.
  func effective(in database: Database) throws -> [StoreSetting] {
    try demands.map { demand in
      let value = try Pragma.run("PRAGMA \(demand.pragma)", in: database) ?? ""
      return StoreSetting(name: demand.pragma, value: value, required: demand.required)
    }
  }

  /// Throws `.configuration` unless every value in force is the required one.
  func verify(in database: Database) throws {
    for setting in try effective(in: database) where setting.value != setting.required {
      throw StoreError(
        .configuration,
        "SQLite runs with \(setting.name) \(setting.value), but the vault needs \(setting.required)")
    }
  }
}

/// Single statements that are run once: settings and schema.
enum Pragma {
  /// Runs one statement and returns the first column of its first row as text.
  static func run(_ sql: String, in database: Database) throws -> String? {
    var statement: OpaquePointer?
    let connection = unsafe database.sqliteConnection
    func check(_ code: CInt, _ allowed: CInt...) throws {
      guard !allowed.contains(code) else { return }
      throw unsafe StoreError.read(sqlite: code, systemError: sqlite3_system_errno(connection))
    }
    try unsafe check(sqlite3_prepare_v2(connection, sql, -1, &statement, nil), SQLITE_OK)
    defer { unsafe sqlite3_finalize(statement) }
    let code = unsafe sqlite3_step(statement)
    try check(code, SQLITE_ROW, SQLITE_DONE)
    guard code == SQLITE_ROW, let text = unsafe sqlite3_column_text(statement, 0) else { return nil }
    return unsafe String(cString: text)
  }

  /// Runs one statement whose first row is an integer.
  static func integer(_ sql: String, in database: Database) throws -> Int {
    guard let text = try run(sql, in: database), let value = Int(text) else {
      throw StoreError(.corrupt, "the vault's database has no readable header")
    }
    return value
  }
}
