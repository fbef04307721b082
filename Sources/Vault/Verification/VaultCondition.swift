internal import AuditLog

/// What a vault shows of its condition without any key: for `doctor`. Nothing here is verified.
public struct VaultCondition: Sendable {
  /// The vault's id, as the first entry has it.
  public let vaultID: VaultID
  /// How many imports were begun and not finished.
  public let unfinishedImports: Int
  /// The backups that were made, the oldest first.
  public let backups: [BackupRecord]
  /// After how many days a backup is to be destroyed, as the policy in force says; nil for never.
  public let maximumBackupDays: Int?
  /// How many erasures have rows that are still to be taken away.
  public let unfinishedErasures: Int
  private let wardenID: [UInt8]

  /// Reads a store's first entry and its list of imports.
  ///
  /// - Throws: `.integrity` where there is no genesis.
  public init(_ store: any Store) throws {
    (vaultID, wardenID, unfinishedImports, unfinishedErasures, backups) = try store.read { reader in
      guard let row = try reader.row(Schema.entry, key: [.integer(0)]),
        let statement = try Session.envelope(try EntryRow(row)).statement
      else { throw VaultError(.integrity, "the log does not begin with a genesis statement") }
      let governance = try Governance(genesis: try Statement(statement))
      // A finished import leaves no row.
      let unfinished = try reader.count(Schema.importRun)
      // A vault of an older format has no such table yet.
      let erasures = (try? reader.count(Schema.erasureRun)) ?? 0
      return (
        governance.vaultID, governance.genesis.warden, unfinished, erasures,
        (try? BackupRecord.all(reader)) ?? []
      )
    }
    maximumBackupDays = try? Session.maximumBackupDays(in: store)
  }

  /// Refuses a warden of another vault.
  public func check(_ warden: any Warden) throws { try warden.verify(vaultID: vaultID, fileID: wardenID) }

  /// Whether one of the warden's two headers is damaged.
  public func hasDamagedHeader(_ warden: FileWarden) throws -> Bool { try warden.hasDamagedHeader() }

  /// What a machine remembers of the vault.
  public enum Memory: Sendable, Equatable {
    /// A log of so many entries.
    case head(UInt64)
    /// Nothing yet.
    case nothing
    /// Something that cannot be trusted.
    case damaged
  }

  /// What this machine remembers of the vault, in a folder of such memories.
  public func memory(in folder: String) throws -> Memory {
    let memory = ClientMemory(folder: folder, vaultID: vaultID)
    if let head = try memory.load() { return .head(head.size) }
    return try memory.wasDamaged() ? .damaged : .nothing
  }
}
