public import Sodium

/// A backup that was made, as a row of the vault tells: for lists and for `doctor`. The file may be gone by now.
public struct BackupRecord: Sendable, Hashable {
  /// What was backed up.
  public enum Kind: Int64, Sendable {
    /// The vault: everything but the customer keys.
    case vault = 1
    /// The file of customer keys. Only its latest copy counts.
    case warden = 2
  }

  /// What was backed up.
  public let kind: Kind
  /// SHA-256 of the file; nil for the warden's, of which there is one copy.
  public let digest: Digest32?
  /// When, in POSIX seconds.
  public let made: UInt64
  /// How long the file was.
  public let byteCount: UInt64
  /// How many entries the log had.
  public let logSize: UInt64

  /// Whether it is older than so many days at a time.
  public func isOlder(thanDays days: Int, at seconds: UInt64) -> Bool {
    made &+ UInt64(days) * 86_400 < seconds
  }
}

extension BackupRecord {
  var row: Row {
    Row([
      .integer(kind.rawValue), .blob(digest?.bytes ?? []), .integer(Int64(clamping: made)),
      .integer(Int64(clamping: byteCount)), .integer(Int64(clamping: logSize)),
    ])
  }

  init(_ row: Row) throws(VaultError) {
    guard row.values.count == 5, case .integer(let code) = row.values[0], let kind = Kind(rawValue: code),
      case .blob(let digest) = row.values[1], case .integer(let made) = row.values[2], made >= 0,
      case .integer(let bytes) = row.values[3], bytes >= 0, case .integer(let size) = row.values[4],
      size >= 0,
      digest.isEmpty == (kind == .warden), digest.isEmpty || digest.count == 32
    else { throw VaultError(.integrity, "the list of backups has a malformed row") }
    self.kind = kind
    self.digest = Digest32(digest)
    self.made = UInt64(made)
    byteCount = UInt64(bytes)
    logSize = UInt64(size)
  }

  /// Every backup, the oldest first.
  static func all(_ reader: any StoreReader) throws -> [BackupRecord] {
    var records: [BackupRecord] = []
    try reader.scan(Schema.backup, prefix: [], range: nil, descending: false) { row in
      records.append(try BackupRecord(row))
      return true
    }
    return records.sorted { ($0.made, $0.logSize) < ($1.made, $1.logSize) }
  }
}
