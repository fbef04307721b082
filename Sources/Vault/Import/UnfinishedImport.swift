/// An import that was interrupted: importing the same file finishes it.
public struct UnfinishedImport: Sendable, Hashable {
  /// The id of the file, see ``ImportFile/id``.
  public let id: [UInt8]
  /// How many rows the file has.
  public let rows: Int

  static func all(_ reader: any StoreReader) throws -> [UnfinishedImport] {
    var found: [UnfinishedImport] = []
    try reader.scan(Schema.importRun, prefix: [], range: nil, descending: false) { row in
      guard case .blob(let id) = row.values[0], case .integer(let rows) = row.values[2] else {
        throw VaultError(.integrity, "the row of an import is malformed")
      }
      found.append(UnfinishedImport(id: id, rows: Int(rows)))
      return found.count < 100
    }
    return found
  }
}
