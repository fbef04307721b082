public import AuditLog
internal import Sodium

/// A witness that a vault shows its heads to: a row of the store, under the state commitment.
public struct VaultWitness: Sendable, Hashable {
  /// The name by which people call it here.
  public let name: String
  /// Its key, whose name is on its signature lines.
  public let key: LogVerifierKey
  /// Its submission prefix: `https://…`.
  public let url: String

  /// A witness.
  ///
  /// - Throws: `.usage` for a name that is none, or a key that signs no cosignatures.
  public init(name: String, key: LogVerifierKey, url: String) throws(VaultError) {
    guard PublicIdentity.isName(name) else {
      throw VaultError(
        .usage, "a witness's name has 1 to 64 letters, digits, dots, hyphens or underscores")
    }
    guard key.use == .cosignature else {
      throw VaultError(.usage, "this verifier key is not a witness's: its type is that of a log or a user")
    }
    self.name = name
    self.key = key
    self.url = url
  }

  var row: Row { Row([.blob(Array(name.utf8)), .text(key.text), .text(url)]) }

  init(_ row: Row) throws(VaultError) {
    guard row.values.count == 3, case .blob(let bytes) = row.values[0], case .text(let vkey) = row.values[1],
      case .text(let url) = row.values[2], let name = String(validating: bytes, as: UTF8.self),
      let key = try? LogVerifierKey(vkey), let witness = try? VaultWitness(name: name, key: key, url: url)
    else { throw VaultError(.integrity, "the list of witnesses has a malformed row") }
    self = witness
  }

  /// Every witness, by name.
  static func all(_ reader: any StoreReader) throws -> [VaultWitness] {
    var witnesses: [VaultWitness] = []
    try reader.scan(Schema.witness, prefix: [], range: nil, descending: false) { row in
      witnesses.append(try VaultWitness(row))
      return true
    }
    return witnesses
  }
}

/// The way to witnesses, injected: the vault itself speaks no HTTP.
public protocol WitnessTransport: Sendable {
  /// Submits the body of an `add-checkpoint` (C2SP tlog-witness) and returns status and body of the answer.
  ///
  /// - Throws: `.unavailable` when there is none.
  func addCheckpoint(to witness: VaultWitness, _ body: [UInt8]) throws(VaultError) -> (
    status: Int, body: [UInt8]
  )
}

/// A checkpoint with what witnesses have put under it, as its row has it. Nothing of it is trusted.
struct CosignedRow: Sendable {
  let size: UInt64
  let note: SignedNote

  init(_ row: Row) throws(VaultError) {
    guard row.values.count == 2, case .integer(let size) = row.values[0], size >= 0,
      case .blob(let bytes) = row.values[1], let note = try? SignedNote(parsing: bytes)
    else { throw VaultError(.integrity, "a cosigned checkpoint's row is malformed") }
    self.size = UInt64(size)
    self.note = note
  }

  static func row(_ size: UInt64, _ note: SignedNote) -> Row {
    Row([.integer(Int64(size)), .blob(note.bytes)])
  }

  /// The cosigned checkpoint of a size, or nil.
  static func find(_ size: UInt64, _ reader: any StoreReader) throws -> CosignedRow? {
    try reader.row(Schema.cosignature, key: [.integer(Int64(size))]).map { try CosignedRow($0) }
  }

  /// The largest size that a witness is known to have cosigned, among the newest; 0 where there is none.
  static func lastSize(by witness: LogVerifierKey, _ reader: any StoreReader) throws -> UInt64 {
    var found: UInt64 = 0
    var looked = 0
    try reader.scan(Schema.cosignature, prefix: [], range: nil, descending: true) { row in
      let cosigned = try CosignedRow(row)
      looked += 1
      if (try? cosigned.note.verify(against: [witness])) != nil { found = cosigned.size }
      return found == 0 && looked < 64
    }
    return found
  }
}
