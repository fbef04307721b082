import ArgumentParser
import AuditLog
import Sodium
import Vault

/// `crmvault doctor`
struct DoctorCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Look at what the vault relies on: memory, files, file systems, settings.",
    discussion: """
      Needs no passphrase. Every check says ok, warn, fail, or skip with the reason. It does not verify what is in the \
      vault: 'crmvault verify' does.

      Exit status: 0 nothing failed (there may be warnings), 64 usage, 78 a check failed.
      """)

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    let environment = console.environment
    let place = DoctorPlace(
      vault: try options.vaultFolder(in: environment),
      keyring: options.keyring(in: environment).path,
      warden: try options.wardenPath(in: environment),
      state: try? GlobalOptions.stateFolder(in: environment))
    let now = console.wallClock.now().nanoseconds / 1_000_000_000
    let checks =
      ProcessChecks.all(environment) + FileChecks(place).all() + VaultChecks(place, now: now).all()
    if options.json { try writeJSON(checks, on: console) } else { try writeText(checks, on: console) }
    let failed = checks.count { $0.verdict == .fail }
    guard failed == 0 else {
      throw CommandFailure.configuration(
        "doctor", "\(failed) \(failed == 1 ? "check" : "checks") failed",
        hints: "do what the failed checks say")
    }
  }

  private func writeText(_ checks: [DoctorCheck], on console: Console) throws {
    var table = TableWriter(["CHECK", "RESULT", "WHAT"], to: console.output)
    for check in checks {
      try table.cell(check.name)
      try table.cell(check.verdict.rawValue)
      try table.cell(check.hint.map { "\(check.text): \($0)" } ?? check.text)
      try table.endRow()
    }
    try table.finish()
  }

  private func writeJSON(_ checks: [DoctorCheck], on console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("ok", !checks.contains { $0.verdict == .fail })
      try json.array("checks") { json in
        for check in checks {
          try json.object { json in
            try json.field("check", check.name)
            try json.field("result", check.verdict.rawValue)
            try json.field("text", check.text)
            try json.field("hint", check.hint)
          }
        }
      }
    }
    try json.finish()
  }
}
