import Vault

/// What a test may set otherwise.
struct SQLiteOptions: Sendable {
  /// How long to wait for another process, in seconds, before the error is `.busy`.
  var busyTimeout = 5.0
  /// The page cache of a connection that may write: a transaction that outgrows it locks readers out early.
  var writerCacheKibibytes = 65_536
  /// The page cache of a read-only connection: scans are sequential and profit little.
  var readerCacheKibibytes = 8_192
  /// The formats that the program knows.
  var migrations = Migration.all
}
