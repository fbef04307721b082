internal import AuditLog
internal import Sodium

/// The keys of the log's sealed parts.
enum SessionKeyPurpose: KeyPurpose {}

/// One session of a user: the key under which its entries' parts are sealed, itself sealed to the audit key.
final class AuditSession: Sendable {
  /// The session's id: 63 random bits.
  let id: Int64
  /// The audit key's epoch.
  let epoch: UInt32
  /// The session key, sealed to the audit key: format, algorithm, vault id, `session`, epoch, key.
  let sealedKey: [UInt8]
  private let key: Key<SessionKeyPurpose>
  private let vault: VaultID

  /// A new session with a random key.
  init(vault: VaultID, auditKey: BoxPublicKey, epoch: UInt32) throws(VaultError) {
    self.vault = vault
    self.epoch = epoch
    id = SecureRandom.bytes(8).reduce(0) { $0 << 8 | Int64($1) } & Int64.max
    key = .random()
    sealedKey = try key.withBytes { bytes throws(VaultError) in
      try SealedGrant.seal(
        bytes, kind: SealedGrant.sessionKind, subject: 0, epoch: epoch, vault: vault, to: auditKey)
    }
  }

  /// A session of the past, opened with the audit key.
  init(id: Int64, epoch: UInt32, sealedKey: [UInt8], vault: VaultID, auditKey: borrowing SealedBox.KeyPair)
    throws(VaultError)
  {
    self.id = id
    self.epoch = epoch
    self.sealedKey = sealedKey
    self.vault = vault
    key = try SealedGrant.open(
      sealedKey, kind: SealedGrant.sessionKind, subject: 0, epoch: epoch, vault: vault, with: auditKey)
  }

  /// Which part of an entry, or the set beside it.
  enum Part: String {
    case what, who, set, enrol
  }

  /// Seals a part: format, algorithm, nonce (24), ciphertext and tag.
  func seal(_ part: [UInt8], _ label: Part, seq: UInt64) -> [UInt8] {
    seal(part, label, seq: seq, nonce: AEAD.randomNonce()[...])
  }

  /// Seals a part under a fresh random nonce of 24 bytes.
  func seal(_ part: [UInt8], _ label: Part, seq: UInt64, nonce: ArraySlice<UInt8>) -> [UInt8] {
    precondition(nonce.count == AEAD.nonceByteCount, "a nonce has 24 bytes")
    let data = associatedData(label, seq: seq)
    let start = 2 + AEAD.nonceByteCount
    let count = start + part.count + AEAD.tagByteCount
    return unsafe [UInt8](unsafeUninitializedCapacity: count) { sealed, initialized in
      guard let out = sealed.baseAddress else { return }
      unsafe out[0] = 1
      unsafe out[1] = 1
      for (index, byte) in nonce.enumerated() { unsafe out[2 + index] = byte }
      unsafe key.withUnsafePointer { key in
        unsafe part.withUnsafeBufferPointer { plain in
          unsafe data.withUnsafeBufferPointer { data in
            guard let associated = data.baseAddress else { return }
            unsafe AEAD.rawSeal(
              plain.baseAddress, count: plain.count, key: key, nonce: out + 2, associatedData: associated,
              associatedCount: data.count, into: out + start)
          }
        }
      }
      initialized = count
    }
  }

  /// Opens a part.
  func open(_ sealed: [UInt8], _ label: Part, seq: UInt64) throws(VaultError) -> [UInt8] {
    guard sealed.count >= 26 + AEAD.tagByteCount, sealed[0] == 1, sealed[1] == 1 else {
      throw VaultError(.integrity, "entry \(seq): its \(label.rawValue) part is malformed")
    }
    let data = associatedData(label, seq: seq)
    let count = sealed.count - 26 - AEAD.tagByteCount
    var isGenuine = false
    let part = unsafe [UInt8](unsafeUninitializedCapacity: count + 1) { plain, initialized in
      guard let out = plain.baseAddress else { return }
      unsafe key.withUnsafePointer { key in
        unsafe sealed.withUnsafeBufferPointer { sealed in
          unsafe data.withUnsafeBufferPointer { data in
            guard let start = sealed.baseAddress, let associated = data.baseAddress else { return }
            isGenuine = unsafe AEAD.rawOpen(
              start + 26, count: sealed.count - 26, key: key, nonce: start + 2, associatedData: associated,
              associatedCount: data.count, into: out)
          }
        }
      }
      initialized = isGenuine ? count : 0
    }
    guard isGenuine else {
      throw VaultError(.integrity, "entry \(seq): its \(label.rawValue) part does not open")
    }
    return part
  }

  private func associatedData(_ label: Part, seq: UInt64) -> [UInt8] {
    var data: [UInt8] = []
    data.reserveCapacity(40)
    data += vault.bytes
    data.appendBigEndian(UInt32(1))
    data.appendBigEndian(seq)
    data.append(contentsOf: label.rawValue.utf8)
    return data
  }
}

extension [UInt8] {
  /// The bytes of a span.
  init(copying span: Span<UInt8>) { self = unsafe span.withUnsafeBufferPointer { unsafe [UInt8]($0) } }

  /// Adds an integer's bytes, most significant first.
  mutating func appendBigEndian(_ value: some FixedWidthInteger) {
    for shift in stride(from: value.bitWidth - 8, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}
