public import Vault

/// A vault's rows in one SQLite file: the embedded default.
///
/// A folder (0700) with the file `vault.sqlite` (0600), in rollback journal mode with `synchronous=EXTRA`; a
/// commit is five syncs and survives a power cut. What SQLite does is read back and checked at every open, and
/// so is the text of every table: a trigger that somebody added is found before it runs.
///
/// One transaction at a time: a store lets one thread in, the others wait. Threads that read in parallel each
/// take a ``readingConnection()``. Between processes the file's locks decide, and waiting ends with `.busy`.
///
/// Nothing else in the process may open `vault.sqlite` while a store is open: closing any descriptor of a
/// file drops the locks that the process holds on it.
public final class SQLiteStore: Store {
  let connection: Connection

  private init(_ connection: Connection) { self.connection = connection }

  /// Makes a new, empty vault at `folder`. Throws `.exists` unless there is nothing, or an empty folder of the
  /// user's own.
  public static func create(folder: String) throws -> SQLiteStore {
    try create(folder: folder, options: SQLiteOptions())
  }

  /// Opens the vault at `folder`.
  ///
  /// - Parameters:
  ///   - folder: the vault's folder.
  ///   - readOnly: writing is refused, and the file is opened so that it cannot be written. (But a transaction
  ///     of a killed writer has to be rolled back first; where that is not permitted, opening fails.)
  ///
  /// Throws `.notFound` when there is no vault, `.newerFormat` when a newer program wrote it, `.corrupt` when
  /// it is another or a damaged file, and `.configuration` when a setting that the vault needs is not in
  /// force.
  public static func open(folder: String, readOnly: Bool = false) throws -> SQLiteStore {
    try open(folder: folder, readOnly: readOnly, options: SQLiteOptions())
  }

  static func create(folder: String, options: SQLiteOptions) throws -> SQLiteStore {
    let folder = try VaultFolder(creating: folder)
    do {
      let connection = try Connection.open(folder, isReadOnly: false, options: options)
      try connection.makeFormat()
      try connection.checkFormat()
      return SQLiteStore(connection)
    } catch {
      folder.remove()
      throw error
    }
  }

  static func open(folder: String, readOnly: Bool, options: SQLiteOptions) throws -> SQLiteStore {
    let folder = try VaultFolder(existing: folder)
    let connection = try Connection.open(folder, isReadOnly: readOnly, options: options)
    try connection.checkFormat()
    return SQLiteStore(connection)
  }

  /// Runs `body` on one consistent snapshot.
  public func read<Result>(_ body: (any StoreReader) throws -> Result) throws -> Result {
    try connection.transaction(.begin) { database in
      let reader = SQLiteReader(database, connection)
      defer { reader.end() }
      return try body(reader)
    }
  }

  /// Takes the write lock, runs `body`, and returns when its changes are durable.
  public func write<Result>(_ body: (any StoreWriter) throws -> Result) throws -> Result {
    guard !connection.isReadOnly else { throw StoreError(.configuration, "the vault was opened read-only") }
    return try connection.transaction(.beginImmediate) { database in
      let writer = SQLiteWriter(database, connection)
      defer { writer.end() }
      return try body(writer)
    }
  }

  /// A further connection that only reads, for another thread.
  public func readingConnection() throws -> any Store {
    let reader = try Connection.open(connection.folder, isReadOnly: true, options: connection.options)
    try reader.checkFormat()
    return SQLiteStore(reader)
  }

  /// What SQLite runs with, read back.
  public func effectiveSettings() throws -> [StoreSetting] { try connection.effectiveSettings() }

  /// Closes the file. Every later use throws `.configuration`.
  public func close() throws { try connection.close() }
}
