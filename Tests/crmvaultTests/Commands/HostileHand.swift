import AuditLog
import Sodium
import VaultSQLite
import VaultTesting

@testable import Vault

/// Whoever owns the disk, or holds some key and writes a program of their own: rows are changed behind the vault's
/// back.
struct HostileHand {
  let store: SQLiteStore
  let keyring: Keyring

  init(_ bench: CommandBench) throws {
    store = try SQLiteStore.open(folder: bench.folder.file("crm.vault"))
    keyring = Keyring(folder: bench.folder.file("keys"))
  }

  func write(_ body: (any StoreWriter) throws -> Void) throws { try store.write(body) }

  func rows(_ table: Table) throws -> [Row] {
    try store.read { reader in
      var rows: [Row] = []
      try reader.scan(table, prefix: [], range: nil, descending: false) {
        rows.append($0)
        return true
      }
      return rows
    }
  }

  func identity(_ name: String, _ passphrase: String = "correct horse battery") throws -> SecretIdentity {
    var bytes = WipedBytes()
    bytes.append(copying: passphrase.utf8)
    return try keyring.open(name, passphrase: bytes)
  }

  func governance() throws -> Governance {
    try store.read { try VerifiedLog($0, remembered: []).governance }
  }

  /// An entry as an auditor reads it.
  struct OpenedEntry {
    let envelope: Envelope
    let what: WhatPart
    /// Every byte of the entry in the clear.
    let bytes: [UInt8]
  }

  /// The whole log, opened with the auditor's key.
  func log() throws -> [OpenedEntry] {
    let auditor = try identity("aude")
    return try store.read { reader in
      let governance = try VerifiedLog(reader, remembered: []).governance
      let chain = KeyChain(identity: auditor, governance: governance)
      let pair = try chain.auditPair(.auditor, chain.rolePair(.auditor, reader), reader)
      var sessions: [Int64: AuditSession] = [:]
      try reader.scan(Schema.session, prefix: [], range: nil, descending: false) { row in
        guard case .integer(let id) = row.values[0], case .integer(let epoch) = row.values[1],
          case .blob(let sealed) = row.values[2]
        else { return false }
        sessions[id] = try AuditSession(
          id: id, epoch: UInt32(epoch), sealedKey: sealed, vault: governance.vaultID, auditKey: pair.pair)
        return true
      }
      var entries: [OpenedEntry] = []
      try reader.scan(Schema.entry, prefix: [], range: nil, descending: false) { row in
        guard case .integer(let seq) = row.values[0], case .integer(let id) = row.values[2],
          case .blob(let envelope) = row.values[3], case .blob(let what) = row.values[4],
          case .blob(let who) = row.values[5], let session = sessions[id]
        else { return false }
        let opened = try session.open(what, .what, seq: UInt64(seq))
        entries.append(
          OpenedEntry(
            envelope: try Envelope(decoding: envelope), what: try WhatPart(decoding: opened),
            bytes: envelope + opened + (try session.open(who, .who, seq: UInt64(seq)))))
        return true
      }
      return entries
    }
  }
}
