internal import Sodium

/// Random nonces of 24 bytes, drawn many at a time: a call to the system for each record would cost half of what
/// sealing it does. Each is handed out once.
@safe final class ImportNonces {
  private static let count = 512
  private static let size = 24
  private let base: UnsafeMutablePointer<UInt8>
  private var used = ImportNonces.count

  init() { unsafe base = .allocate(capacity: Self.count * Self.size) }

  deinit { unsafe base.deallocate() }

  /// The next one, valid until the next call.
  func next() -> UnsafePointer<UInt8> {
    if used == Self.count {
      unsafe SecureRandom.rawFill(base, count: Self.count * Self.size)
      used = 0
    }
    used += 1
    return unsafe UnsafePointer(base + (used - 1) * Self.size)
  }
}
