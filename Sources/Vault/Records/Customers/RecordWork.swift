internal import Sodium

/// Opens and seals a customer's records with both halves of their keys, under a receipt.
struct RecordWork {
  let vault: VaultID
  let currency: CurrencyCode
  let warden: any Warden
  let classKeys: [DataClass: SharedKey<ClassKeyPurpose>]
  /// Customer keys that are in memory already: an import takes those of a whole batch at once.
  var enrolled: [DataClass: EnrolledKeys] = [:]

  /// Opens one record.
  func open(_ record: SealedRecord, for receipt: borrowing AccessReceipt) throws -> WipedBytes {
    let dataClass = record.address.dataClass
    guard let classKey = classKeys[dataClass] else {
      throw VaultError(.notPermitted, "the role does not hold the key of the class \(dataClass.name)")
    }
    var plaintext = WipedBytes(capacity: record.sealed.count)
    if let key = unsafe enrolled[dataClass]?.pointer(of: dataClass, ordinal: record.address.ordinal) {
      try unsafe open(record, classKey, key, for: receipt, into: &plaintext)
      return plaintext
    }
    let customerKey = try warden.key(of: dataClass, ordinal: record.address.ordinal, for: receipt)
    try RecordOpener(vault: vault).open(
      record.sealed.span, at: record.address, classKey: classKey.key, customerKey: customerKey, for: receipt,
      into: &plaintext)
    return plaintext
  }

  private func open(
    _ record: SealedRecord, _ classKey: SharedKey<ClassKeyPurpose>, _ customerKey: UnsafePointer<UInt8>,
    for receipt: borrowing AccessReceipt, into plaintext: inout WipedBytes
  ) throws(RecordError) {
    guard receipt.classes.contains(record.address.dataClass),
      receipt.subjects.contains(record.address.ordinal)
    else {
      throw RecordError(.outOfScope, "the access that was granted does not cover this customer's record")
    }
    let vault = vault
    try unsafe plaintext.appendUnsafe(upTo: max(record.sealed.count - CommittedSeal.overhead, 0)) {
      out throws(RecordError) in
      let count = unsafe classKey.key.withUnsafePointer { classKey in
        unsafe record.sealed.withUnsafeBufferPointer { sealed in
          unsafe RecordOpener.rawOpen(
            sealed.baseAddress, count: sealed.count, at: record.address, vault: vault, classKey: classKey,
            customerKey: customerKey, into: out)
        }
      }
      if let failure = CommittedSeal.Failure(rawValue: count) { throw RecordError(failure) }
      return count
    }
  }

  /// The only record of a class, decoded; nil where there is none.
  func fields(_ records: [SealedRecord], for receipt: borrowing AccessReceipt) throws -> FieldRecord? {
    guard let record = try only(records) else { return nil }
    return try open(record, for: receipt).withBytes { bytes in try FieldRecord.decoding(bytes) }
  }

  /// A customer's consents, decoded; nil where there are none.
  func consents(_ records: [SealedRecord], for receipt: borrowing AccessReceipt) throws -> ConsentRecord? {
    guard let record = try only(records) else { return nil }
    return try open(record, for: receipt).withBytes { bytes in try ConsentRecord.decoding(bytes) }
  }

  /// Visits a customer's behavior events in chunk order; a chunk that chunk 0 does not name is refused.
  func events(
    _ records: [SealedRecord], for receipt: borrowing AccessReceipt,
    _ body: (BehaviorEvent, BehaviorDictionary) throws -> Void
  ) throws {
    guard !records.isEmpty else { return }
    guard records.indices.allSatisfy({ records[$0].address.chunk == UInt32($0) }) else {
      throw VaultError(.integrity, "a chunk of a customer's behavior is missing")
    }
    let first = try open(records[0], for: receipt)
    var versions: [UInt64] = []
    try visit(first, body) { reader in
      guard let manifest = reader.manifest, manifest.versions.count == records.count - 1 else {
        throw VaultError(.integrity, "a customer's behavior has other chunks than its first one names")
      }
      versions = manifest.versions
    }
    for (record, version) in zip(records.dropFirst(), versions) {
      guard record.address.version == version else {
        throw VaultError(.integrity, "a chunk of a customer's behavior has another version than is named")
      }
      let plaintext = try open(record, for: receipt)
      try visit(plaintext, body) { _ in }
    }
  }

  private func visit(
    _ plaintext: borrowing WipedBytes, _ body: (BehaviorEvent, BehaviorDictionary) throws -> Void,
    _ begin: (BehaviorReader) throws -> Void
  ) throws {
    try unsafe plaintext.withUnsafeBytes { bytes in
      var reader = try unsafe BehaviorReader(bytes, currency: currency)
      try begin(reader)
      while let event = try reader.next() { try body(event, reader.dictionary) }
    }
  }

  /// Seals a record's next version.
  func seal(
    _ plaintext: borrowing WipedBytes, at address: RecordAddress,
    customerKey: borrowing Key<CustomerKeyPurpose>
  ) throws -> SealedRecord {
    guard let classKey = classKeys[address.dataClass] else {
      throw VaultError(
        .notPermitted, "the role does not hold the key of the class \(address.dataClass.name)")
    }
    let sealed = plaintext.withBytes { bytes in
      RecordSealer(vault: vault).seal(
        bytes, at: address, classKey: classKey.key, customerKey: customerKey, epoch: KeyChain.epoch)
    }
    return SealedRecord(address: address, sealed: sealed)
  }

  /// Seals a record's next version under a customer key of 32 bytes in memory.
  func seal(
    _ plaintext: borrowing WipedBytes, at address: RecordAddress, customerKey: UnsafePointer<UInt8>,
    nonce: UnsafePointer<UInt8>? = nil
  ) throws -> SealedRecord {
    guard let classKey = classKeys[address.dataClass] else {
      throw VaultError(
        .notPermitted, "the role does not hold the key of the class \(address.dataClass.name)")
    }
    let sealed = unsafe classKey.key.withUnsafePointer { classKey in
      unsafe plaintext.withUnsafeBytes { bytes in
        unsafe RecordSealer(vault: vault).seal(
          bytes.bindMemory(to: UInt8.self).baseAddress, count: bytes.count, at: address, classKey: classKey,
          customerKey: customerKey, epoch: KeyChain.epoch, nonce: nonce)
      }
    }
    return SealedRecord(address: address, sealed: sealed)
  }

  private func only(_ records: [SealedRecord]) throws(VaultError) -> SealedRecord? {
    guard records.count <= 1, records.first?.address.chunk ?? 0 == 0 else {
      throw VaultError(.integrity, "a customer has more records of a class than there may be")
    }
    return records.first
  }
}

extension Session.AccessContext {
  /// What opens records under this access.
  func work(_ warden: any Warden) throws -> RecordWork {
    guard let currency = CurrencyCode(settings.currency) else {
      throw VaultError(.integrity, "the vault's currency is no currency")
    }
    var classKeys: [DataClass: SharedKey<ClassKeyPurpose>] = [:]
    for dataClass in classes { classKeys[dataClass] = try keys.classKey(dataClass, reader) }
    return RecordWork(vault: vaultID, currency: currency, warden: warden, classKeys: classKeys)
  }

  /// A customer's sealed records of the classes of this access, less those that are erased.
  ///
  /// - Throws: `.integrity` when the identity is missing: who has a key of that class was added with a record.
  func records(_ ordinal: UInt64, _ warden: any Warden) throws -> [DataClass: [SealedRecord]] {
    var records: [DataClass: [SealedRecord]] = [:]
    let erased = subjects.erasedClasses(of: ordinal)
    for dataClass in classes.subtracting(erased) {
      records[dataClass] = try SealedRecord.all(dataClass, ordinal, reader)
    }
    if records[.identity]?.isEmpty == true,
      try warden.slotState(of: .identity, ordinal: ordinal) != .unwritten
    {
      throw VaultError(
        .integrity, "a customer's identity record is missing",
        hint: "crmvault verify tells more; keep a copy as evidence")
    }
    return records
  }

  /// The sealed records of the customer and of all who were merged into it, its own first.
  func memberRecords(_ warden: any Warden) throws -> [[DataClass: [SealedRecord]]] {
    guard !members.isEmpty else { throw VaultError(.notFound, "there is no such customer") }
    return try members.map { try records($0, warden) }
  }
}

extension RecordWork {
  /// The fields of a customer and of those who were merged into it: of several values of a field the customer's own.
  func fields(
    _ dataClass: DataClass, of members: [[DataClass: [SealedRecord]]], for receipt: borrowing AccessReceipt
  ) throws -> FieldRecord? {
    var united = FieldRecord()
    var isThere = false
    for records in members {
      switch try fields(records[dataClass] ?? [], for: receipt) {
      case .none: continue
      case .some(let record):
        isThere = true
        for name in record.names where !united.contains(name) {
          try record.withValue(of: name) { _ = try united.set(name, to: $0) }
        }
      }
    }
    guard isThere else { return nil }
    return united
  }
}
