import class GRDB.Database
import Vault

@testable import VaultSQLite

extension SQLiteStore {
  /// Allows the database no more pages than this, as a full disk would.
  func limitPages(to pages: Int) throws {
    try connection.exclusively { _ = try Pragma.run("PRAGMA max_page_count = \(pages)", in: $0) }
  }

  /// How SQLite would run a statement.
  func plan(_ sql: String) throws -> String {
    try connection.exclusively { database in
      let statement = try PreparedStatement("EXPLAIN QUERY PLAN \(sql)", in: database)
      return try statement.bind([]) {
        var plan: [String] = []
        let columns = [Column.integer("id"), .integer("parent"), .integer("notused"), .text("detail")]
        while try statement.step() { plan.append("\(try statement.row(columns).values)") }
        return plan.joined(separator: "\n")
      }
    }
  }
}
