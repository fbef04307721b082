import class GRDB.Database
import class GRDB.Statement
import GRDBSQLite
import Vault

/// A compiled statement of one connection, stepped through SQLite's own API.
///
/// GRDB compiles it and keeps it alive; binding and stepping go around GRDB's `Row`, which costs 0.2 µs a row.
/// Only used inside the connection's queue.
@safe
final class PreparedStatement {
  private let statement: Statement
  private let handle: OpaquePointer
  /// Whether a caller further up is in the middle of this statement.
  private(set) var isInUse = false

  /// Compiles one statement.
  init(_ sql: String, in database: Database) throws {
    statement = try StoreError.mapping { try database.makeStatement(sql: sql) }
    unsafe handle = statement.sqliteStatement
  }

  /// Binds `values` to the parameters from the first on, runs `body`, and resets the statement.
  ///
  /// Blobs and texts are bound where they lie; they are unbound before they can go.
  func bind<Result>(_ values: [Value], _ body: () throws -> Result) throws -> Result {
    isInUse = true
    defer {
      unsafe sqlite3_reset(handle)
      unsafe sqlite3_clear_bindings(handle)
      isInUse = false
    }
    return try bind(values[...], at: 1, body)
  }

  /// The next row, if there is one.
  func step() throws -> Bool {
    switch unsafe sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw failure(code)
    }
  }

  /// How many rows the last insert, update or delete of the connection changed.
  var changes: Int { unsafe Int(sqlite3_changes(sqlite3_db_handle(handle))) }

  /// An integer of the current row; `.corrupt` when something else is there.
  func integer(_ index: Int) throws -> Int64 {
    let index = CInt(index)
    guard unsafe sqlite3_column_type(handle, index) == SQLITE_INTEGER else { throw wrongType }
    return unsafe sqlite3_column_int64(handle, index)
  }

  /// An integer of the current row as SQLite converts it, for columns whose value something else proves.
  @inline(__always)
  func uncheckedInteger(_ index: Int) -> Int64 { unsafe sqlite3_column_int64(handle, CInt(index)) }

  /// The bytes of a blob of the current row, valid until the next step; `.corrupt` when it is no blob.
  @unsafe
  func blob(_ index: Int) throws -> UnsafeRawBufferPointer {
    let index = CInt(index)
    guard unsafe sqlite3_column_type(handle, index) == SQLITE_BLOB else { throw wrongType }
    return try unsafe bytes(sqlite3_column_blob(handle, index), index)
  }

  /// The current row as values of these columns; `.corrupt` when a type differs or a text is no UTF-8.
  func row(_ columns: [Column]) throws -> Row {
    var values: [Value] = []
    values.reserveCapacity(columns.count)
    for (index, column) in columns.enumerated() { try values.append(value(index, column)) }
    return Row(values)
  }

  private func value(_ index: Int, _ column: Column) throws -> Value {
    if column.isNullable, unsafe sqlite3_column_type(handle, CInt(index)) == SQLITE_NULL { return .null }
    switch column.kind {
    case .integer: return .integer(try integer(index))
    case .blob: return .blob(unsafe [UInt8](try blob(index)))
    case .text: return .text(try text(CInt(index)))
    }
  }

  private func text(_ index: CInt) throws -> String {
    guard unsafe sqlite3_column_type(handle, index) == SQLITE_TEXT else { throw wrongType }
    let buffer = try unsafe bytes(sqlite3_column_text(handle, index), index)
    guard let text = unsafe String(validating: buffer, as: UTF8.self) else {
      throw StoreError(.corrupt, "a text in the vault is not valid UTF-8")
    }
    return text
  }

  @unsafe
  private func bytes(_ start: UnsafeRawPointer?, _ index: CInt) throws -> UnsafeRawBufferPointer {
    let count = unsafe Int(sqlite3_column_bytes(handle, index))
    // An empty blob has no address; a long one without an address is memory that could not be had.
    if count > 0, unsafe start == nil { throw failure(SQLITE_NOMEM) }
    return unsafe UnsafeRawBufferPointer(start: start, count: count)
  }

  private func bind<Result>(
    _ values: ArraySlice<Value>, at position: CInt, _ body: () throws -> Result
  ) throws -> Result {
    guard let value = values.first else { return try body() }
    let rest = values.dropFirst()
    switch value {
    case .integer(let integer):
      try check(unsafe sqlite3_bind_int64(handle, position, integer))
    case .null:
      try check(unsafe sqlite3_bind_null(handle, position))
    case .blob(let bytes) where bytes.isEmpty:
      // A blob without an address would be bound as null.
      try check(unsafe sqlite3_bind_zeroblob(handle, position, 0))
    case .blob(let bytes):
      return try unsafe bytes.withUnsafeBytes { buffer in
        try unsafe check(sqlite3_bind_blob64(handle, position, buffer.baseAddress, UInt64(buffer.count), nil))
        return try bind(rest, at: position + 1, body)
      }
    case .text(var text):
      return try text.withUTF8 { buffer in
        // Swift gives an empty string an address too; without one it would be bound as null, and refused.
        try unsafe buffer.withMemoryRebound(to: CChar.self) { characters in
          try unsafe check(
            sqlite3_bind_text64(
              handle, position, characters.baseAddress, UInt64(characters.count), nil, UInt8(SQLITE_UTF8)))
        }
        return try bind(rest, at: position + 1, body)
      }
    }
    return try bind(rest, at: position + 1, body)
  }

  private func check(_ code: CInt) throws {
    if code != SQLITE_OK { throw failure(code) }
  }

  private func failure(_ code: CInt) -> any Error {
    StoreError.read(sqlite: code, systemError: unsafe sqlite3_system_errno(sqlite3_db_handle(handle)))
  }

  private var wrongType: StoreError {
    StoreError(.corrupt, "a value in the vault has another type than its column")
  }
}
