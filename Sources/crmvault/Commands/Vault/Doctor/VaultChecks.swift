import Vault
import VaultSQLite

/// What can be seen of store, ballast, warden and memory without a passphrase.
struct VaultChecks {
  private let place: DoctorPlace
  private let now: UInt64

  /// Checks of the vault of this place at a time, in POSIX seconds.
  init(_ place: DoctorPlace, now: UInt64) {
    self.place = place
    self.now = now
  }

  /// Every check.
  func all() -> [DoctorCheck] {
    var checks = [ballast()]
    var condition: VaultCondition?
    do {
      let store = try SQLiteStore.open(folder: place.vault)
      checks.append(settings(try store.effectiveSettings()))
      condition = try VaultCondition(store)
      try store.close()
    } catch { checks.append(Self.failed("store_settings", error)) }
    checks += warden(condition)
    checks += [memory(condition), imports(condition), erasures(condition)]
    checks += BackupChecks(condition, now: now).all()
    checks.append(
      DoctorCheck(
        "contents", .skip, "log, rows and records are not verified here", hint: "run: crmvault verify --deep")
    )
    checks.append(
      DoctorCheck(
        "own_keys", .skip, "whether your key file opens is not tried without a passphrase",
        hint: "run: crmvault whoami"))
    return checks
  }

  private func settings(_ settings: [StoreSetting]) -> DoctorCheck {
    let wrong = settings.filter { $0.value != $0.required }
    guard wrong.isEmpty else {
      return DoctorCheck(
        "store_settings", .fail,
        wrong.map { "\($0.name) is \($0.value), not \($0.required)" }.joined(separator: "; "))
    }
    return DoctorCheck(
      "store_settings", .ok, settings.map { "\($0.name) \($0.value)" }.joined(separator: ", "))
  }

  private func ballast() -> DoctorCheck {
    Ballast(folder: place.vault).isThere
      ? DoctorCheck("ballast", .ok, "16 MiB are kept for the log when the disk is full")
      : DoctorCheck(
        "ballast", .fail, "the reserve for a full disk is missing: reads stop until it can be made",
        hint: "free 16 MiB where the vault lies")
  }

  private func warden(_ condition: VaultCondition?) -> [DoctorCheck] {
    var checks: [DoctorCheck] = []
    do {
      let warden = try FileWarden.open(path: place.warden)
      if let condition { try condition.check(warden) }
      if try condition?.hasDamagedHeader(warden) == true {
        checks.append(
          DoctorCheck("warden", .warn, "one of its two headers is damaged; the next commit writes it anew"))
      } else {
        checks.append(
          DoctorCheck(
            "warden", condition == nil ? .warn : .ok,
            condition == nil ? "opens, but the vault that it belongs to does not" : "belongs to this vault"))
      }
    } catch { checks.append(Self.failed("warden", error)) }
    return checks
  }

  private func memory(_ condition: VaultCondition?) -> DoctorCheck {
    guard let condition, let state = place.state else {
      return DoctorCheck("memory", .skip, "which vault this is, or where its memory lies, is not known")
    }
    do {
      switch try condition.memory(in: state) {
      case .head(let size):
        return DoctorCheck("memory", .ok, "this machine has seen \(size) entries of the log")
      case .nothing:
        return DoctorCheck("memory", .warn, "this machine has not seen the log yet: an older copy would pass")
      case .damaged:
        return DoctorCheck(
          "memory", .fail, "what this machine remembers of the log is damaged: an older copy would pass")
      }
    } catch { return Self.failed("memory", error) }
  }

  private func imports(_ condition: VaultCondition?) -> DoctorCheck {
    guard let condition else { return DoctorCheck("imports", .skip, "the vault does not open") }
    return condition.unfinishedImports == 0
      ? DoctorCheck("imports", .ok, "no import is unfinished")
      : DoctorCheck(
        "imports", .warn, "\(condition.unfinishedImports) unfinished", hint: "import the same file again")
  }

  private func erasures(_ condition: VaultCondition?) -> DoctorCheck {
    guard let condition else { return DoctorCheck("erasures", .skip, "the vault does not open") }
    return condition.unfinishedErasures == 0
      ? DoctorCheck(
        "erasures", .ok,
        "no erasure is unfinished; an old copy of the file of keys would undo some until it is opened")
      : DoctorCheck(
        "erasures", .warn, "\(condition.unfinishedErasures) unfinished",
        hint: "any command of an agent, steward, analyst or privacy officer finishes them")
  }

  private static func failed(_ name: String, _ error: any Error) -> DoctorCheck {
    let failure = CommandFailure.describing(error)
    return DoctorCheck(name, .fail, failure.message, hint: failure.hint)
  }
}
