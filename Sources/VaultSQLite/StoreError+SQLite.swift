import GRDB
import GRDBSQLite
import Vault

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

extension StoreError {
  /// What a result code of SQLite means for a vault.
  ///
  /// SQLite's own message is dropped: it can hold SQL text, and GRDB's can hold bound values.
  ///
  /// - Parameters:
  ///   - code: an extended result code.
  ///   - systemError: `errno` of the system call behind it, or 0.
  init(sqlite code: CInt, systemError: CInt = 0) {
    switch code & 0xff {
    case SQLITE_BUSY, SQLITE_LOCKED:
      self.init(.busy, "another process is using the vault")
    case SQLITE_FULL:
      self.init(.full, "no space is left on the vault's device")
    case SQLITE_IOERR where [ENOSPC, EDQUOT, EFBIG].contains(systemError):
      self.init(.full, "no space is left on the vault's device, or a quota is used up")
    case SQLITE_CORRUPT, SQLITE_NOTADB:
      self.init(.corrupt, "the vault's database file is damaged or is no database (SQLite \(code))")
    case SQLITE_ERROR, SQLITE_SCHEMA, SQLITE_MISMATCH:
      // All our SQL is fixed: what does not compile or fit meets another schema than ours.
      self.init(.corrupt, "the vault's database does not have the tables it should have (SQLite \(code))")
    case SQLITE_CONSTRAINT where Self.uniqueness.contains(code):
      self.init(.exists, "a row with this key is there already")
    case SQLITE_READONLY where code == Self.readOnlyWithHotJournal:
      self.init(.io, "an interrupted write must first be undone by somebody who may write to the vault")
    case SQLITE_READONLY:
      self.init(.configuration, "the vault's database file may not be written (SQLite \(code))")
    case SQLITE_CONSTRAINT, SQLITE_TOOBIG, SQLITE_RANGE, SQLITE_MISUSE:
      self.init(.configuration, "SQLite refused a row or a call (SQLite \(code))")
    case SQLITE_CANTOPEN, SQLITE_PERM, SQLITE_AUTH:
      self.init(.io, "the vault's database file cannot be opened (SQLite \(code))")
    default:
      self.init(.io, "reading or writing the vault failed (SQLite \(code), system error \(systemError))")
    }
  }

  /// The code of a read-only connection that finds the journal of a transaction that was cut off.
  static let readOnlyWithHotJournal = SQLITE_READONLY | (3 << 8)

  private static let uniqueness: [CInt] = [
    SQLITE_CONSTRAINT | (6 << 8),  // PRIMARYKEY
    SQLITE_CONSTRAINT | (8 << 8),  // UNIQUE
    SQLITE_CONSTRAINT | (10 << 8),  // ROWID
  ]

  /// Runs `body` and turns GRDB's errors into ours; all other errors pass.
  static func mapping<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw StoreError(sqlite: error.extendedResultCode.rawValue)
    } catch is HotJournal {
      throw StoreError(sqlite: readOnlyWithHotJournal)
    }
  }

  /// The error for a code from a place where a killed writer's journal may be met.
  static func read(sqlite code: CInt, systemError: CInt = 0) -> any Error {
    code == readOnlyWithHotJournal ? HotJournal() : StoreError(sqlite: code, systemError: systemError)
  }
}
