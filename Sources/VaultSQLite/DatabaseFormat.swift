import class GRDB.Database
import Vault

/// What makes a SQLite file a vault: its application id, its format version and exactly our tables.
struct DatabaseFormat: Sendable {
  /// `CRMV`, in the file's header.
  static let applicationID = 0x4352_4D56

  /// The migrations that this program knows.
  let migrations: [Migration]

  /// Checks the file and returns how many migrations it has had.
  ///
  /// `.corrupt` when it is no vault or holds something that no migration made: a trigger or a view that the
  /// file's owner slipped in would run with our rows. `.newerFormat` when a newer program wrote it.
  func check(_ database: Database) throws -> Int {
    guard try Pragma.integer("PRAGMA application_id", in: database) == Self.applicationID else {
      throw StoreError(.corrupt, "the database in this folder is not a vault's")
    }
    let version = try Pragma.integer("PRAGMA user_version", in: database)
    guard version <= migrations.count else {
      throw StoreError(
        .newerFormat,
        "the vault has format \(version), and this program knows formats up to \(migrations.count)")
    }
    guard version >= 1, try schema(of: database) == migrations.prefix(version).flatMap(\.statements).sorted()
    else {
      throw StoreError(.corrupt, "the vault's tables are not those that its format has")
    }
    return version
  }

  /// Brings the file to the newest format, in one transaction, from the format that it then has (0: empty).
  func migrate(_ database: Database) throws {
    try StoreError.mapping {
      try database.inTransaction(.immediate) {
        let version = try Pragma.integer("PRAGMA user_version", in: database)
        guard (0..<migrations.count).contains(version) else { return .rollback }
        for migration in migrations.dropFirst(version) {
          for statement in migration.statements { _ = try Pragma.run(statement, in: database) }
        }
        _ = try Pragma.run("PRAGMA application_id = \(Self.applicationID)", in: database)
        _ = try Pragma.run("PRAGMA user_version = \(migrations.count)", in: database)
        return .commit
      }
    }
  }

  /// The text of every object of the database, sorted.
  private func schema(of database: Database) throws -> [String] {
    let sql = "SELECT sql FROM sqlite_schema"
    let columns = [Column.text("sql")]
    let statement = try PreparedStatement(sql, in: database)
    return try statement.bind([]) {
      var found: [String] = []
      // A hostile file may list without end; no format has that many objects.
      while found.count < 256, try statement.step() {
        guard case .text(let text)? = try statement.row(columns).values.first else { break }
        found.append(text)
      }
      return found.sorted()
    }
  }
}
