internal import AuditLog
internal import Glibc
public import Sodium

/// A backup on disk. Nothing of it is believed before ``contents(for:progress:_:)`` or ``digest(progress:)`` has returned.
public final class BackupFile {
  /// What it says of itself.
  public let header: BackupHeader
  /// How long it is.
  public let byteCount: UInt64

  private let path: String
  private let descriptor: Int32
  private let headerBytes: [UInt8]

  /// Opens a backup and reads its header.
  ///
  /// - Throws: `.integrity` for a file that is none, or is cut off; `.configuration` for one of a newer program.
  public init(path: String) throws(VaultError) {
    self.path = path
    descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY)
    guard descriptor >= 0 else { throw SystemFile.failure("read", path) }
    do throws(VaultError) {
      var status = stat()
      guard unsafe fstat(descriptor, &status) == 0 else { throw SystemFile.failure("read", path) }
      guard status.st_mode & S_IFMT == S_IFREG else {
        throw VaultError(.configuration, "\(path) is not a regular file")
      }
      byteCount = UInt64(status.st_size)
      let reader = BackupBytes(descriptor, path)
      let prefix = try reader.read(BackupFormat.prefixByteCount)
      guard prefix.starts(with: BackupFormat.magic), prefix.count == BackupFormat.prefixByteCount else {
        throw VaultError(.integrity, "\(path) is no backup of crmvault")
      }
      guard Array(prefix[16..<20]) == [1, 1, 0, 0] else {
        throw VaultError(
          .configuration, "\(path) is a backup of another format", hint: "use a newer crmvault")
      }
      let count = prefix[20..<24].reduce(0) { $0 << 8 | Int($1) }
      guard count <= BackupHeader.byteLimit else {
        throw VaultError(.integrity, "the backup's header is malformed")
      }
      headerBytes = try reader.read(count)
      header = try BackupHeader(decoding: headerBytes)
    } catch {
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// SHA-256 of the whole file, once its maker's signature over it was checked. Opens nothing.
  ///
  /// - Parameter progress: is told how many bytes were read since.
  /// - Throws: `.integrity` when it was changed or cut off.
  public func digest(progress: (Int) -> Void = { _ in }) throws -> Digest32 {
    try walk(progress) { _, _ in }
  }

  /// Opens the contents for one of the recipients and hands them out in order; the file's SHA-256 once all of it was
  /// checked. What was handed out is of no use where this throws.
  ///
  /// - Throws: `.notPermitted` for somebody to whom it is not sealed; `.integrity` when it was changed or cut off.
  public func contents(
    for identity: SecretIdentity, progress: (Int) -> Void = { _ in }, _ sink: (Span<UInt8>) throws -> Void
  ) throws -> Digest32 {
    let id = identity.keyID.description
    guard let recipient = header.recipients.first(where: { $0.id == id }) else {
      throw VaultError(
        .notPermitted, "the backup is not sealed to \(identity.identity.name)",
        hint: "it opens for who was a custodian when it was made")
    }
    return try contents(recipient, identity.box, progress, sink)
  }

  private func contents(
    _ recipient: BackupHeader.Recipient, _ pair: borrowing SealedBox.KeyPair, _ progress: (Int) -> Void,
    _ sink: (Span<UInt8>) throws -> Void
  ) throws -> Digest32 {
    let key: Key<StreamKeyPurpose> = try SealedGrant.open(
      recipient.sealed, kind: BackupFormat.grantKind, subject: 0, epoch: 1, vault: self.header.vaultID,
      with: pair)
    let binding = SHA256.hash(headerBytes).bytes
    let header = try streamHeader()
    let stream: SecretStream.Opener
    do throws(SodiumError) { stream = try SecretStream.Opener(key: key, header: header) } catch {
      throw VaultError(.integrity, "the backup does not open: \(error.reason)")
    }
    var isComplete = false
    let digest = try walk(progress) { chunk, isAtEnd in
      let opened: (chunk: [UInt8], isLast: Bool)
      do throws(SodiumError) {
        opened = try stream.open(chunk, associatedData: binding.span)
      } catch { throw VaultError(.integrity, "the backup was changed or cut off: \(error.reason)") }
      guard opened.isLast == isAtEnd else {
        throw VaultError(.integrity, "the backup was cut off, or has something behind its end")
      }
      isComplete = opened.isLast
      let plain = opened.chunk
      try sink(plain.span)
    }
    guard isComplete else { throw VaultError(.integrity, "the backup was cut off") }
    return digest
  }

  private var contentsStart: Int {
    BackupFormat.prefixByteCount + headerBytes.count + SecretStream.headerByteCount
  }

  private func streamHeader() throws(VaultError) -> [UInt8] {
    let reader = BackupBytes(descriptor, path)
    _ = try reader.read(BackupFormat.prefixByteCount + headerBytes.count)
    return try reader.read(SecretStream.headerByteCount)
  }

  /// Visits every sealed chunk, and checks the signature over all that is before it.
  private func walk(_ progress: (Int) -> Void, _ body: (Span<UInt8>, Bool) throws -> Void) throws -> Digest32
  {
    var hash = SHA256()
    let reader = BackupBytes(descriptor, path)
    var left = Int64(byteCount) - Int64(contentsStart) - Int64(BackupFormat.signatureByteCount)
    guard left >= Int64(SecretStream.overhead) else { throw VaultError(.integrity, "the backup was cut off") }
    hash.update(try reader.read(contentsStart))
    while left > 0 {
      let chunk = try reader.read(Int(min(left, Int64(BackupFormat.sealedChunkByteCount))))
      left -= Int64(chunk.count)
      hash.update(chunk)
      try body(chunk.span, left == 0)
      progress(chunk.count)
    }
    let message = BackupFormat.message(hash.finalize(), vault: header.vaultID)
    let signature = try reader.read(BackupFormat.signatureByteCount)
    guard header.signing.verifies(signature, of: message) else {
      throw VaultError(.integrity, "the backup's signature does not verify: it was changed or cut off")
    }
    hash.update(signature)
    return hash.finalize()
  }
}

/// Reads an open file from its beginning, without moving its position.
private final class BackupBytes {
  private let descriptor: Int32
  private let path: String
  private var offset: off_t = 0

  init(_ descriptor: Int32, _ path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// The next bytes; `.integrity` when the file ends before.
  func read(_ count: Int) throws(VaultError) -> [UInt8] {
    var failed: Int32 = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let got = unsafe pread(
          descriptor, buffer.baseAddress?.advanced(by: filled), count - filled, offset + off_t(filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 { failed = errno }
        guard got > 0 else { return }
        filled += got
      }
    }
    if failed != 0 {
      errno = failed
      throw SystemFile.failure("read", path)
    }
    guard bytes.count == count else { throw VaultError(.integrity, "the backup was cut off") }
    offset += off_t(count)
    return bytes
  }
}
