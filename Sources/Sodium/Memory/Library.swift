import CSodium

/// libsodium itself, made ready once a process.
enum Library {
  // `sodium_init` picks the fastest implementations for this processor and opens the source of
  // randomness. It can only fail where the system has no randomness to give: nothing can be done then.
  private static let isReady: Bool = sodium_init() >= 0

  /// Makes libsodium ready; after the first call this costs one load.
  @inline(__always)
  static func start() {
    precondition(isReady, "libsodium cannot start: the system has no source of randomness")
  }
}
