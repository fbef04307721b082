#if DEBUG
  import AuditLog
  import Vault

  /// The machine's clock, moved ahead by so many days: only in debug builds, where tests wait for years to pass.
  struct MovedClock: Clock {
    private let days: UInt64

    /// The clock that `CRMVAULT_TEST_DAYS` asks for, or nil.
    init?(in environment: Environment) {
      guard let days = environment["CRMVAULT_TEST_DAYS"].flatMap({ UInt64($0) }), days < 36_600 else {
        return nil
      }
      self.days = days
    }

    func now() -> LogTime {
      LogTime(nanoseconds: SystemClock().now().nanoseconds + days * 86_400_000_000_000)
    }

    func monotonic() -> UInt64 { SystemClock().monotonic() }
  }
#endif
