internal import AuditLog
internal import Sodium

/// The key of an auditor's index, derived from the secret half of the audit key.
enum SubjectIndexKeyPurpose: KeyPurpose {}

/// The file of an auditor's index: `<vault id>.subjects` in the state folder.
///
/// Header (40 bytes): magic `crmvault/subject` ‖ version u16 = 1 ‖ 6 zero ‖ vault id (16). Then segments: length u32 ‖ nonce (24) ‖
/// XChaCha20-Poly1305-IETF ciphertext and tag. The associated data has the vault's id, the segment's number and the
/// nonce of the segment before it, so that none can be left out, moved or taken from elsewhere. The key comes from
/// the audit key's secret half: who cannot read the log can neither read the index nor make one up.
///
/// Nothing is synced and nothing is renamed: what does not open is cut off, with all that follows it, and made anew
/// from the log.
struct SubjectIndexFile {
  private static let magic = Array("crmvault/subject".utf8)
  private static let headerByteCount: UInt64 = 40
  private static let segmentByteLimit = 1 << 26

  private let file: PositionedFile
  private let vault: VaultID
  private let key: SharedKey<SubjectIndexKeyPurpose>
  private var end = headerByteCount
  private var number: UInt64 = 0
  private var previous = [UInt8](repeating: 0, count: AEAD.nonceByteCount)
  /// Where the last segment begins, and what came before it: it is written again while it is not full.
  private var last: (start: UInt64, previous: [UInt8])?

  /// The file of a vault, which is made where it is missing.
  init(_ file: PositionedFile, vault: VaultID, key: SharedKey<SubjectIndexKeyPurpose>) {
    self.file = file
    self.vault = vault
    self.key = key
  }

  /// Reads every segment that is genuine, in order, and cuts off what is not.
  ///
  /// - Returns: whether all of the file was genuine.
  mutating func load(_ body: (SubjectIndexSegment) throws -> Void) throws -> Bool {
    let size = try file.size()
    guard size >= Self.headerByteCount, try bytes(at: 0, count: Int(Self.headerByteCount)) == header else {
      try file.truncate(to: 0)
      try write(header, at: 0)
      return size == 0
    }
    var tree: UInt64 = 0
    while end < size {
      guard let (segment, nonce, next) = try segment(at: end, size: size), segment.first == tree else {
        break
      }
      try body(segment)
      tree = segment.tree.size
      last = (end, previous)
      end = next
      previous = nonce
      number += 1
    }
    guard end < size else { return true }
    try file.truncate(to: end)
    return false
  }

  /// Adds a segment, or puts it in the place of the last one, which it continues.
  mutating func write(_ segment: SubjectIndexSegment, replacingLast: Bool) throws {
    if replacingLast, let last {
      end = last.start
      previous = last.previous
      number -= 1
    }
    let nonce = AEAD.randomNonce()
    let sealed =
      nonce
      + AEAD.seal(
        segment.content.span, key: key.key, nonce: nonce, associatedData: associatedData.span)
    var bytes: [UInt8] = []
    bytes.appendBigEndian(UInt32(sealed.count))
    try write(bytes + sealed, at: end)
    last = (end, previous)
    end += UInt64(4 + sealed.count)
    previous = nonce
    number += 1
    try file.truncate(to: end)
  }

  private func segment(at start: UInt64, size: UInt64) throws -> (SubjectIndexSegment, [UInt8], UInt64)? {
    guard size - start >= 4 else { return nil }
    let count = Int(try bytes(at: start, count: 4).reduce(0) { $0 << 8 | UInt64($1) })
    guard count >= AEAD.nonceByteCount + AEAD.tagByteCount, count <= Self.segmentByteLimit,
      UInt64(count) <= size - start - 4
    else { return nil }
    let sealed = try bytes(at: start + 4, count: count)
    let nonce = Array(sealed.prefix(AEAD.nonceByteCount))
    guard
      let content = try? AEAD.open(
        sealed.span.extracting(AEAD.nonceByteCount..<count), key: key.key, nonce: nonce,
        associatedData: associatedData.span),
      let segment = try? SubjectIndexSegment(content.withBytes { [UInt8](copying: $0) })
    else { return nil }
    return (segment, nonce, start + 4 + UInt64(count))
  }

  private var header: [UInt8] { Self.magic + [0, 1] + [UInt8](repeating: 0, count: 6) + vault.bytes }

  private var associatedData: [UInt8] {
    var data = Array("crmvault/subject-index/v1".utf8) + vault.bytes
    data.appendBigEndian(number)
    return data + previous
  }

  private func bytes(at offset: UInt64, count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    try unsafe bytes.withUnsafeMutableBytes { try unsafe file.read(into: $0, at: offset) }
    return bytes
  }

  private func write(_ bytes: [UInt8], at offset: UInt64) throws {
    try unsafe bytes.withUnsafeBytes { try unsafe file.write($0, at: offset) }
  }
}
