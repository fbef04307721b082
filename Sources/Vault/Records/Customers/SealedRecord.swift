internal import Sodium

/// A record row as the store holds it: ciphertext and its address.
struct SealedRecord {
  let address: RecordAddress
  let sealed: [UInt8]

  /// The row of the record table.
  var row: Row {
    Row([
      .integer(Int64(address.dataClass.rawValue)), .integer(Int64(address.ordinal)),
      .integer(Int64(address.chunk)), .integer(Int64(address.version)), .blob(sealed),
    ])
  }

  /// Reads a row.
  init(_ row: Row) throws(VaultError) {
    guard row.values.count == 5, case .integer(let code) = row.values[0],
      let dataClass = UInt8(exactly: code).flatMap({ DataClass(rawValue: $0) }),
      case .integer(let ordinal) = row.values[1], ordinal >= 0, case .integer(let chunk) = row.values[2],
      let chunk = UInt32(exactly: chunk), case .integer(let version) = row.values[3], version >= 0,
      case .blob(let sealed) = row.values[4]
    else { throw VaultError(.integrity, "a record's row is malformed") }
    address = RecordAddress(
      dataClass, ordinal: UInt64(ordinal), chunk: chunk, version: UInt64(version))
    self.sealed = sealed
  }

  init(address: RecordAddress, sealed: [UInt8]) {
    self.address = address
    self.sealed = sealed
  }

  /// A customer's records of one class, by chunk.
  static func all(_ dataClass: DataClass, _ ordinal: UInt64, _ reader: any StoreReader) throws
    -> [SealedRecord]
  {
    var records: [SealedRecord] = []
    try reader.scan(
      Schema.record, prefix: [.integer(Int64(dataClass.rawValue)), .integer(Int64(ordinal))], range: nil,
      descending: false
    ) { row in
      records.append(try SealedRecord(row))
      return true
    }
    return records
  }
}
