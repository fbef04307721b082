internal import AuditLog
internal import Sodium

/// Writes a backup, piece by piece, in constant memory.
final class BackupWriter {
  /// What became of it.
  struct Result {
    /// SHA-256 of the whole file.
    let digest: Digest32
    let byteCount: UInt64
  }

  private let header: BackupHeader
  private let binding: Digest32
  private let sink: (Span<UInt8>) throws -> Void
  private let stream: SecretStream.Sealer
  private var hash = SHA256()
  private var byteCount: UInt64 = 0
  private var pending: [UInt8] = []

  /// Seals a new key to the recipients, and writes all that comes before the contents.
  init(
    vault: VaultID, name: String, created: LogTime, by identity: PublicIdentity, checkpoint: [UInt8],
    recipients: [(id: String, key: BoxPublicKey)], to sink: @escaping (Span<UInt8>) throws -> Void
  ) throws {
    let key = SharedKey<StreamKeyPurpose>(.random())
    let sealed = try recipients.map { recipient in
      BackupHeader.Recipient(
        id: recipient.id,
        sealed: try key.key.withBytes {
          try SealedGrant.seal(
            $0, kind: BackupFormat.grantKind, subject: 0, epoch: 1, vault: vault, to: recipient.key)
        })
    }
    header = try BackupHeader(
      vaultID: vault, name: name, created: created, by: identity, checkpoint: checkpoint, recipients: sealed)
    self.sink = sink
    stream = SecretStream.Sealer(key: key.key)
    let bytes = try header.encoded()
    binding = SHA256.hash(bytes)
    try put(BackupFormat.prefix(headerCount: bytes.count) + bytes + stream.header)
  }

  /// Takes the next piece of the contents.
  func append(_ piece: UnsafeRawBufferPointer) throws {
    unsafe pending.append(contentsOf: piece)
    var start = 0
    // The last chunk says that it is the last: one is always kept back.
    while pending.count - start > BackupFormat.chunkByteCount {
      try seal(start..<start + BackupFormat.chunkByteCount, isLast: false)
      start += BackupFormat.chunkByteCount
    }
    pending.removeSubrange(..<start)
  }

  /// Writes the last chunk and the signature.
  func finish(_ identity: SecretIdentity) throws -> Result {
    try seal(0..<pending.count, isLast: true)
    try put(identity.signing.sign(BackupFormat.message(hash.finalize(), vault: header.vaultID)))
    return Result(digest: hash.finalize(), byteCount: byteCount)
  }

  private func seal(_ range: Range<Int>, isLast: Bool) throws {
    let data = binding.bytes
    let sealed = stream.seal(
      pending.span.extracting(range), isLast: isLast, associatedData: data.span)
    try put(sealed)
  }

  private func put(_ bytes: [UInt8]) throws {
    hash.update(bytes)
    byteCount += UInt64(bytes.count)
    try sink(bytes.span)
  }
}
