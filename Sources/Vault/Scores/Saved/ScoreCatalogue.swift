internal import AuditLog
internal import Sodium

/// The catalogue of saved runs and norms, opened under the key of the class score.
struct ScoreCatalogue {
  let seal: ScoreSeal

  /// The catalogue under the class's key.
  init(seal: ScoreSeal) { self.seal = seal }

  /// The catalogue of an access that covers the class score.
  init(_ context: Session.AccessContext) throws {
    seal = ScoreSeal(vault: context.vaultID, key: try context.keys.classKey(.score, context.reader))
  }

  /// The saved runs that are whole, oldest first.
  func runs(_ reader: any StoreReader) throws -> [SavedRun] {
    try ScoreSetRow.all(reader).filter { $0.kind == .run && $0.state == .whole }.map { row in
      try SavedRun(id: row.id, try content(of: row))
    }.sorted { $0.entry < $1.entry }
  }

  /// What a row says.
  func content(of row: ScoreSetRow) throws -> JSONValue {
    var plaintext = WipedBytes(capacity: 1024)
    try seal.open(row.sealed, at: ScoreSeal.address(row.id, version: row.version), into: &plaintext)
    return try plaintext.withBytes { bytes in try CanonicalJSON.parse(bytes) }
  }

  /// Adds an entry.
  func insert(
    _ content: JSONValue, _ id: BlockAddress.Object, _ kind: ScoreSetRow.Kind, _ state: ScoreSetRow.State,
    _ commit: Commit
  ) throws {
    try commit.insert(Schema.scoreSet, try row(content, id, kind, state, version: 0).row)
  }

  /// Replaces what an entry says, and how far it is.
  func update(
    _ id: BlockAddress.Object, to content: JSONValue, _ state: ScoreSetRow.State, _ commit: Commit
  ) throws {
    guard let old = try commit.writer.row(Schema.scoreSet, key: [.blob(id.bytes)]) else {
      throw VaultError(.busy, "the saved scores were removed meanwhile", hint: "try again")
    }
    let before = try ScoreSetRow(old)
    let after = try row(content, id, before.kind, state, version: before.version + 1)
    try commit.update(Schema.scoreSet, from: old, to: after.row)
  }

  private func row(
    _ content: JSONValue, _ id: BlockAddress.Object, _ kind: ScoreSetRow.Kind, _ state: ScoreSetRow.State,
    version: UInt64
  ) throws -> ScoreSetRow {
    let bytes = try CanonicalJSON.encode(content)
    return ScoreSetRow(
      id: id, kind: kind, state: state, version: version,
      sealed: seal.seal(bytes.span, at: ScoreSeal.address(id, version: version)))
  }
}
