internal import AuditLog

extension LogEntry {
  /// Whether a part was erased under the retention policy: its bytes are empty, and its fields stand for nothing.
  public func lacks(_ part: Statement.LogPart) -> Bool { (part == .what ? whatBytes : whoBytes).isEmpty }
}

extension WhatPart {
  /// Stands for a part that was erased.
  static let erased = WhatPart(action: "(erased)", outcome: .allowed)
}

extension WhoPart {
  /// Stands for a part that was erased.
  static let erased = WhoPart(
    actor: "(erased)", key: "0000000000000000", role: "(erased)", session: "", origin: "", mono: 0)
}
