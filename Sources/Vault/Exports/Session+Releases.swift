public import AuditLog
internal import Sodium

/// A release as the catalogue has it.
public struct ReleaseRecord: Sendable {
  /// The release.
  public let id: ReleaseID
  /// The index of its entry.
  public let entry: UInt64
  /// What its receipt says.
  public let body: JSONObject

  /// A text of the receipt.
  public func text(_ key: String) -> String? { body[key]?.string }
}

extension Session {
  /// Every release, in the order of their entries; an entry of its own.
  public func releases() throws -> [ReleaseRecord] {
    var request = AccessRequest(.exportRead, classes: [.score])
    request.details = ["what": "releases"]
    return try decide(request) { context in
      try self.releases(context.reader, try context.keys.classKey(.score, context.reader), context.vaultID)
    }
  }

  /// One release.
  ///
  /// - Throws: `.notFound`.
  public func release(_ id: ReleaseID) throws -> ReleaseRecord {
    var request = AccessRequest(.exportRead, classes: [.score])
    request.details = ["what": "release", "release": .string(id.description)]
    let found: ReleaseRecord? = try decide(request) { context in
      guard let row = try context.reader.row(Schema.release, key: [.blob(id.bytes)]) else { return nil }
      return try Self.record(row, try context.keys.classKey(.score, context.reader), context.vaultID)
    }
    guard let found else {
      throw VaultError(.notFound, "there is no release \(id)", hint: "crmvault export list shows them")
    }
    return found
  }

  func releases(_ reader: any StoreReader, _ key: SharedKey<ClassKeyPurpose>, _ vault: VaultID) throws
    -> [ReleaseRecord]
  {
    var records: [ReleaseRecord] = []
    try reader.scan(Schema.release, prefix: [], range: nil, descending: false) { row in
      records.append(try Self.record(row, key, vault))
      return true
    }
    return records.sorted { $0.entry < $1.entry }
  }

  private static func record(_ row: Row, _ key: SharedKey<ClassKeyPurpose>, _ vault: VaultID) throws
    -> ReleaseRecord
  {
    guard case .blob(let id) = row.values[0], let release = ReleaseID(id),
      case .integer(let seq) = row.values[1],
      seq >= 0, case .blob(let sealed) = row.values[2],
      let body = try SealedNote(vault: vault, kind: .release, release: release).open(sealed, with: key)[
        "body"]?
        .object
    else { throw VaultError(.integrity, "a row of the catalogue of releases is malformed") }
    return ReleaseRecord(id: release, entry: UInt64(seq), body: body)
  }
}
