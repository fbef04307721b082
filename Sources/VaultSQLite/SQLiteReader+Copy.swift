import class GRDB.Database
import GRDBSQLite
import Vault

extension SQLiteReader {
  /// Reads the database file through SQLite's own open file: with a rollback journal nobody changes it while a read
  /// lock is held, and no second descriptor is opened, whose closing would drop that lock.
  func copyEverything(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    try checkUse(of: Schema.checkpoint)
    guard !(self is SQLiteWriter) else {
      throw StoreError(.configuration, "a copy is made in a transaction that reads")
    }
    let file = try unsafe openFile()
    guard let read = unsafe file.pointee.pMethods?.pointee.xRead,
      let size = unsafe file.pointee.pMethods?.pointee.xFileSize
    else { throw StoreError(.configuration, "this SQLite does not show its file") }
    var byteCount: Int64 = 0
    try check(unsafe size(file, &byteCount))
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 4096)
    defer { unsafe piece.deallocate() }
    var offset: Int64 = 0
    while offset < byteCount {
      let count = min(Int64(piece.count), byteCount - offset)
      try check(unsafe read(file, piece.baseAddress, CInt(count), offset))
      try unsafe body(UnsafeRawBufferPointer(rebasing: piece[..<Int(count)]))
      offset += count
    }
    try connection.checkTransaction(database)
  }

  private func openFile() throws -> UnsafeMutablePointer<sqlite3_file> {
    var file: UnsafeMutablePointer<sqlite3_file>?
    let connection = unsafe database.sqliteConnection
    try check(
      unsafe withUnsafeMutablePointer(to: &file) {
        unsafe sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, $0)
      })
    guard let file = unsafe file else {
      throw StoreError(.configuration, "this SQLite does not show its file")
    }
    return unsafe file
  }

  private func check(_ code: CInt) throws {
    guard code == SQLITE_OK else {
      throw unsafe StoreError(
        sqlite: code, systemError: sqlite3_system_errno(database.sqliteConnection))
    }
  }
}
