import Foundation
import Testing
import struct GRDB.Configuration
import class GRDB.DatabaseQueue

/// The database file in the hands of its owner, without the vault's rules.
enum RawDatabase {
  /// Runs SQL on the file of a vault folder.
  static func execute(_ sql: String, in folder: String) throws {
    let queue = try DatabaseQueue(path: folder + "/vault.sqlite")
    defer { try? queue.close() }
    try queue.inDatabase { try $0.execute(sql: sql) }
  }

  /// Overwrites bytes of the file.
  static func overwrite(_ bytes: [UInt8], at offset: UInt64, in folder: String) throws {
    let handle = try #require(FileHandle(forWritingAtPath: folder + "/vault.sqlite"))
    try handle.seek(toOffset: offset)
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
  }
}
