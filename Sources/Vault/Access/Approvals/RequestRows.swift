internal import AuditLog
internal import Sodium

/// The key of one request's text.
enum RequestKeyPurpose: KeyPurpose {}

/// Requests as the store holds them: the answer in the clear, what is asked sealed to those whom it concerns.
///
/// `sealed` is format u8 ‖ algorithm u8 ‖ number of recipients u16, for each recipient key id (8) ‖ length u16 ‖ the
/// request's key as a grant of kind 65, then nonce (24) and the XChaCha20-Poly1305 ciphertext of the request under that
/// key, with vault id ‖ `request` ‖ number u64 as associated data.
struct RequestRow {
  /// The kind of a request's key in a grant, beside those of ``KeyKind`` and the log's sessions.
  static let grantKind: UInt8 = 65

  let number: Int64
  let hash: Digest32
  let sealed: [UInt8]
  /// The answer, or nil while there is none.
  var answer: Approval?

  var row: Row {
    Row([.integer(number), .blob(hash.bytes), .blob(sealed), answer.map { .blob($0.bytes) } ?? .null])
  }

  init(number: Int64, hash: Digest32, sealed: [UInt8]) {
    self.number = number
    self.hash = hash
    self.sealed = sealed
  }

  init(_ row: Row) throws(VaultError) {
    guard row.values.count == 4, case .integer(let number) = row.values[0], number > 0,
      case .blob(let hash) = row.values[1], let hash = Digest32(hash), case .blob(let sealed) = row.values[2]
    else { throw Self.malformed }
    self.number = number
    self.hash = hash
    self.sealed = sealed
    switch row.values[3] {
    case .null: answer = nil
    case .blob(let bytes):
      let approval = try Approval(bytes: bytes)
      guard approval.subject.request == hash else { throw Self.malformed }
      answer = approval
    default: throw Self.malformed
    }
  }

  private static var malformed: VaultError { VaultError(.integrity, "a request's row is malformed") }

  // MARK: - Rows

  /// The request of this number.
  static func find(_ number: Int64, _ reader: any StoreReader) throws -> RequestRow {
    guard let row = try reader.row(Schema.request, key: [.integer(number)]) else {
      throw VaultError(
        .notFound, "there is no request \(number)", hint: "crmvault request list shows them")
    }
    return try RequestRow(row)
  }

  /// Visits the requests, the newest first; `body` returns false to stop.
  static func scan(_ reader: any StoreReader, _ body: (RequestRow) throws -> Bool) throws {
    try reader.scan(Schema.request, prefix: [], range: nil, descending: true) { row in
      try body(try RequestRow(row))
    }
  }

  /// Whether a request's approval was used: by the row that says so, or by a statement.
  func isUsed(_ reader: any StoreReader, _ governance: Governance) throws -> Bool {
    if governance.usedApprovals.contains(hash) { return true }
    return try reader.row(Schema.usedApproval, key: [.blob(hash.bytes)]) != nil
  }

  // MARK: - Sealing

  /// Seals a request to people.
  static func seal(
    _ request: ApprovalRequest, number: Int64, to recipients: [Statement.Member], vault: VaultID
  ) throws -> RequestRow {
    let key = Key<RequestKeyPurpose>.random()
    var sealed: [UInt8] = [1, 1]
    sealed.appendBigEndian(UInt16(recipients.count))
    for recipient in recipients {
      let grant = try key.withBytes { bytes throws(VaultError) in
        try SealedGrant.seal(
          bytes, kind: grantKind, subject: 0, epoch: 1, vault: vault, to: recipient.boxKey)
      }
      sealed += recipient.keyID.bytes
      sealed.appendBigEndian(UInt16(grant.count))
      sealed += grant
    }
    let nonce = AEAD.randomNonce()
    sealed += nonce
    sealed += AEAD.seal(
      request.bytes.span, key: key, nonce: nonce, associatedData: associatedData(vault, number).span)
    return RequestRow(number: number, hash: request.hash, sealed: sealed)
  }

  /// The request, for one of those to whom it is sealed; nil for anybody else.
  ///
  /// - Throws: `.integrity` when it does not open, is another than its hash says, or its requester did not sign it.
  func open(with identity: SecretIdentity, _ governance: Governance) throws -> ApprovalRequest? {
    guard let (grant, rest) = try sealedKey(for: identity.keyID) else { return nil }
    let key: Key<RequestKeyPurpose> = try SealedGrant.open(
      grant, kind: Self.grantKind, subject: 0, epoch: 1, vault: governance.vaultID, with: identity.box)
    let refusal = VaultError(.integrity, "request \(number) does not open: it was changed")
    guard rest.count > AEAD.nonceByteCount else { throw refusal }
    let opened: WipedBytes
    do {
      opened = try AEAD.open(
        Array(rest.dropFirst(AEAD.nonceByteCount)).span, key: key,
        nonce: Array(rest.prefix(AEAD.nonceByteCount)),
        associatedData: Self.associatedData(governance.vaultID, number).span)
    } catch { throw refusal }
    let request = try ApprovalRequest(bytes: opened.withBytes { [UInt8](copying: $0) })
    guard request.hash == hash, let requester = governance.users[request.by]?.member,
      request.isSigned(by: requester.signingKey, in: governance.vaultID)
    else { throw refusal }
    return request
  }

  private func sealedKey(for id: KeyID) throws(VaultError) -> (grant: [UInt8], rest: ArraySlice<UInt8>)? {
    guard sealed.count >= 4, sealed[0] == 1, sealed[1] == 1 else { throw Self.malformed }
    var rest = sealed[4...]
    var found: [UInt8]?
    for _ in 0..<(Int(sealed[2]) << 8 | Int(sealed[3])) {
      guard rest.count >= 10 else { throw Self.malformed }
      let recipient = rest.prefix(8)
      let count = rest.dropFirst(8).prefix(2).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(10)
      guard rest.count >= count else { throw Self.malformed }
      if KeyID(bytes: recipient) == id { found = Array(rest.prefix(count)) }
      rest = rest.dropFirst(count)
    }
    return found.map { ($0, rest) }
  }

  private static func associatedData(_ vault: VaultID, _ number: Int64) -> [UInt8] {
    var data = vault.bytes + Array("request".utf8)
    data.appendBigEndian(number)
    return data
  }
}
