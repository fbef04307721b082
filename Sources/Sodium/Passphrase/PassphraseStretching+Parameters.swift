extension PassphraseStretching {
  /// How much stretching costs. A file may name any cost, so it is checked before it is paid.
  public struct Parameters: Hashable, Sendable {
    /// Passes over the memory.
    public let operations: UInt32
    /// Bytes of memory.
    public let memory: UInt64

    /// The passes that are accepted.
    public static let operationBounds: ClosedRange<UInt32> = 1...16
    /// The bytes that are accepted: 8 KiB to 1 GiB.
    public static let memoryBounds: ClosedRange<UInt64> = 8192...(1 << 30)

    /// A cost that was read from somewhere.
    ///
    /// - Throws: `.outOfBounds` outside `operationBounds` or `memoryBounds`.
    public init(operations: UInt32, memory: UInt64) throws(SodiumError) {
      guard Parameters.operationBounds.contains(operations) else {
        throw SodiumError(.outOfBounds, "the passes of a passphrase's stretching are not 1 to 16")
      }
      guard Parameters.memoryBounds.contains(memory) else {
        throw SodiumError(.outOfBounds, "the memory of a passphrase's stretching is not 8 KiB to 1 GiB")
      }
      self.init(unchecked: operations, memory)
    }

    /// The cost of a named strength.
    public init(_ strength: Strength) {
      switch strength {
      case .interactive: self.init(unchecked: 2, 64 << 20)
      case .moderate: self.init(unchecked: 3, 256 << 20)
      case .sensitive: self.init(unchecked: 4, 1 << 30)
      }
    }

    private init(unchecked operations: UInt32, _ memory: UInt64) {
      self.operations = operations
      self.memory = memory
    }

    /// The least that Argon2id takes, 1 pass over 8 KiB: protects nothing, for tests that open many vaults.
    package static let testFloor = Parameters(unchecked: 1, 8192)
  }

  /// Named costs, libsodium's own.
  public enum Strength: String, CaseIterable, Sendable {
    /// 2 passes over 64 MiB, about a tenth of a second.
    case interactive
    /// 3 passes over 256 MiB, most of a second.
    case moderate
    /// 4 passes over 1 GiB, some seconds.
    case sensitive
  }
}
