internal import AuditLog

extension RememberedHead {
  /// What is remembered of a tree.
  init?(_ range: CompactRange, origin: UInt32 = 1) {
    self.init(
      origin: origin, size: range.size, root: range.root, compactRange: Array(range.encoded.dropFirst(8)))
  }

  /// The tree that is remembered, which a longer log must continue.
  func tree() throws -> CompactRange {
    var bytes: [UInt8] = []
    bytes.appendBigEndian(size)
    return try CompactRange(decoding: bytes + compactRange)
  }

  /// The head as a checkpoint of a log whose first name is this.
  func checkpoint(of log: String) throws(LogError) -> Checkpoint {
    try Checkpoint(origin: LogOrigin(base: log, number: origin).text, size: size, root: root)
  }
}
