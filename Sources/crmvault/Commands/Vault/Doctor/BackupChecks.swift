import Vault

/// How old the last backups are.
struct BackupChecks {
  private let condition: VaultCondition?
  private let now: UInt64

  /// Checks of a vault's list of backups at a time, in POSIX seconds.
  init(_ condition: VaultCondition?, now: UInt64) {
    self.condition = condition
    self.now = now
  }

  /// Every check.
  func all() -> [DoctorCheck] {
    [
      check(
        "vault_backup", .vault, "the vault was never backed up by crmvault",
        hint: "a custodian runs: crmvault backup create FILE"),
      check(
        "warden_backup", .warden, "the file of customer keys was never backed up by crmvault",
        hint: "without it nothing opens: crmvault backup warden FILE, apart from the vault"),
    ]
  }

  private func check(_ name: String, _ kind: BackupRecord.Kind, _ never: String, hint: String) -> DoctorCheck
  {
    guard let condition else { return DoctorCheck(name, .skip, "the vault does not open") }
    guard let last = condition.backups.last(where: { $0.kind == kind }) else {
      return DoctorCheck(name, .warn, never, hint: hint)
    }
    let text =
      "the last one is of \(TimeText.utc(seconds: last.made)), \(BackupAge.text(last.made, now: now)) old"
    guard let days = condition.maximumBackupDays, last.isOlder(thanDays: days, at: now) else {
      return DoctorCheck(name, .ok, text)
    }
    return DoctorCheck(
      name, .warn, "\(text): the policy lets backups live \(days) days",
      hint: "make a new one, destroy the old")
  }
}

/// How old something is, in words.
enum BackupAge {
  /// The age at a time, both in POSIX seconds.
  static func text(_ made: UInt64, now: UInt64) -> String {
    let seconds = now > made ? now - made : 0
    let (number, unit) =
      switch seconds {
      case ..<3600: (seconds / 60, "minute")
      case ..<172_800: (seconds / 3600, "hour")
      default: (seconds / 86_400, "day")
      }
    return "\(number) \(number == 1 ? unit : unit + "s")"
  }
}
