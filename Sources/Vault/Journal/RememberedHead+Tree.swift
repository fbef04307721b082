internal import AuditLog

extension RememberedHead {
  /// What is remembered of a tree.
  init?(_ range: CompactRange) {
    self.init(size: range.size, root: range.root, compactRange: Array(range.encoded.dropFirst(8)))
  }

  /// The tree that is remembered, which a longer log must continue.
  func tree() throws -> CompactRange {
    var bytes: [UInt8] = []
    bytes.appendBigEndian(size)
    return try CompactRange(decoding: bytes + compactRange)
  }
}
