import Foundation
import Sodium
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault
@testable import VaultSQLite

/// A vault in files with a custodian who backs it up.
final class BackedUpVault {
  let folder: TemporaryFolder
  let store: SQLiteStore
  let sample: SampleVault
  let clock = MovedClock()

  init(policy: String = "") throws {
    folder = try TemporaryFolder()
    store = try SQLiteStore.create(folder: folder.file("vault"))
    sample = try SampleVault(
      in: store, wardenPath: folder.file("warden"), policy: Policy.template + policy, clock: clock)
  }

  func session(_ role: Role? = nil, as identity: SecretIdentity? = nil) -> Session {
    Session(
      Session.Environment(
        store: store, warden: sample.warden, identity: identity ?? sample.owner, clock: clock,
        memoryFolder: nil, ballast: nil, origin: "test"),
      role: role, ticket: nil)
  }

  @discardableResult
  func addCustomer(_ name: String = "Ada Example") throws -> Pseudonym {
    var fields = FieldRecord()
    try fields.set(.name, to: name.utf8.span)
    return try session(.steward).addCustomer(fields, purpose: nil)
  }

  /// Makes a backup at a path of the folder.
  @discardableResult
  func backUp(_ name: String = "backup", _ session: Session? = nil) throws -> Session.Backup {
    let path = folder.file(name)
    let bytes = Collected()
    let backup = try (session ?? self.session()).createBackup(to: { bytes.append($0) }, synchronize: {})
    try Data(bytes.bytes).write(to: URL(filePath: path))
    return backup
  }

  func file(_ name: String = "backup") throws -> BackupFile { try BackupFile(path: folder.file(name)) }

  /// Unpacks a backup into a store of its own.
  func unpacked(_ file: BackupFile, into name: String = "unpacked") throws -> SQLiteStore {
    try SQLiteStore.create(folder: folder.file(name)) { sink in
      _ = try file.contents(for: sample.owner, sink)
    }
  }

  /// Changes the bytes of a backup.
  func edit(_ name: String = "backup", _ change: (inout [UInt8]) throws -> Void) throws {
    let url = URL(filePath: folder.file(name))
    var bytes = [UInt8](try Data(contentsOf: url))
    try change(&bytes)
    try Data(bytes).write(to: url)
  }
}

/// Bytes that came through a closure.
final class Collected {
  private(set) var bytes: [UInt8] = []
  func append(_ span: Span<UInt8>) { bytes += [UInt8](copying: span) }
}
