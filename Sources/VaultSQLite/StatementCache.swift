import class GRDB.Database
import Vault

/// What a statement does with a table.
enum StatementShape: Hashable {
  case lookup, insert, update, delete, count
  case scan(prefix: Int, isRanged: Bool, isDescending: Bool)
  case records, directorySurvey, goneCustomers
  case begin, beginImmediate, commit, rollback, schemaVersion
}

/// The compiled statements of one connection.
struct StatementCache {
  private struct Key: Hashable {
    let table: UInt8
    let shape: StatementShape
  }

  private var statements: [Key: PreparedStatement] = [:]

  /// The statement of this shape, compiled at its first use.
  ///
  /// While a caller further up is in the middle of it (a scan inside a scan), a second one is compiled.
  mutating func statement(
    _ shape: StatementShape, _ table: Table? = nil, in database: Database
  ) throws -> PreparedStatement {
    let key = Key(table: table?.code ?? 0, shape: shape)
    if let statement = statements[key], !statement.isInUse { return statement }
    let statement = try PreparedStatement(shape.sql(table), in: database)
    statements[key] = statement
    return statement
  }

  /// Gives up all statements, so that the connection can be closed.
  mutating func removeAll() { statements = [:] }
}

extension StatementShape {
  /// The SQL of this shape. Names come from `Schema` alone and values are always bound.
  func sql(_ table: Table?) -> String {
    switch self {
    case .begin: return "BEGIN DEFERRED TRANSACTION"
    case .beginImmediate: return "BEGIN IMMEDIATE TRANSACTION"
    case .commit: return "COMMIT TRANSACTION"
    case .rollback: return "ROLLBACK TRANSACTION"
    case .schemaVersion: return "PRAGMA schema_version"
    case .directorySurvey:
      return """
        SELECT count(*), ifnull(max(state), 0) FROM directory NOT INDEXED \
        WHERE ordinal >= ? AND ordinal < ?
        """
    case .goneCustomers:
      return """
        SELECT 1 FROM directory INDEXED BY directory_gone \
        WHERE state <> 0 AND ordinal >= ? AND ordinal < ? LIMIT 1
        """
    case .records:
      return """
        SELECT ordinal, chunk, version, sealed FROM record \
        WHERE class = ? AND ordinal >= ? AND ordinal < ? ORDER BY ordinal, chunk
        """
    case .lookup, .insert, .update, .delete, .count, .scan:
      return table.map { sql(of: $0) } ?? ""
    }
  }

  private func sql(of table: Table) -> String {
    let name = table.name.quoted
    let columns = table.columns.map(\.name.quoted)
    let key = columns.prefix(table.keyCount)
    let isKey = key.map { "\($0) = ?" }.joined(separator: " AND ")
    let all = columns.joined(separator: ", ")
    switch self {
    case .insert:
      let marks = columns.map { _ in "?" }.joined(separator: ", ")
      return "INSERT INTO \(name) (\(all)) VALUES (\(marks))"
    case .update:
      // A table of keys alone sets its key to itself. Numbered, so that a row binds in column order.
      let changed = columns.count > table.keyCount ? table.keyCount..<columns.count : 0..<columns.count
      let assignments = changed.map { "\(columns[$0]) = ?\($0 + 1)" }.joined(separator: ", ")
      let isNumberedKey = key.indices.map { "\(key[$0]) = ?\($0 + 1)" }.joined(separator: " AND ")
      return "UPDATE \(name) SET \(assignments) WHERE \(isNumberedKey)"
    case .delete:
      return "DELETE FROM \(name) WHERE \(isKey)"
    case .count:
      return "SELECT count(*) FROM \(name)"
    case .scan(let prefix, let isRanged, let isDescending):
      var conditions = key.prefix(prefix).map { "\($0) = ?" }
      if isRanged { conditions += ["\(key[prefix]) >= ?", "\(key[prefix]) < ?"] }
      let place = conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))"
      let order = key.map { isDescending ? "\($0) DESC" : $0 }.joined(separator: ", ")
      return "SELECT \(all) FROM \(name)\(place) ORDER BY \(order)"
    default:
      return "SELECT \(all) FROM \(name) WHERE \(isKey)"
    }
  }
}

extension String {
  fileprivate var quoted: String { "\"\(self)\"" }
}
