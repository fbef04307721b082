import AuditLog
import Vault

/// Writes what a restore came to.
struct RestoreOutput {
  private let outcome: VaultRestore.Outcome
  private let vault: String
  private let aside: String?

  /// The output of a restore to a place, where another vault was put aside or none.
  init(_ outcome: VaultRestore.Outcome, vault: String, aside: String?) {
    self.outcome = outcome
    self.vault = vault
    self.aside = aside
  }

  /// Writes the result.
  func write(json: Bool, on console: Console) throws {
    if json { try writeJSON(on: console) } else { try writeText(on: console) }
    if outcome.isUnapproved {
      console.warning(
        "nobody approved the restore, since the vault never had a second person; the statement says so")
    }
  }

  private func writeText(on console: Console) throws {
    var lines = [
      "Restored to \(vault): the log goes on from entry \(outcome.entry) as \(outcome.verifierKey.name)."
    ]
    if let newer = outcome.newer {
      lines.append(
        "Left behind: what the entries \(outcome.entry) to \(newer.size - 1) of the log before told.")
    }
    for revocation in outcome.reapplied {
      lines.append(
        revocation.role.map { "Stated anew: \(revocation.user) has not the role \($0.name)." }
          ?? "Stated anew: \(revocation.user) is not in the vault.")
    }
    for text in outcome.notReapplied { lines.append("Not taken over: \(VisibleText.visible(text)).") }
    if let aside { lines.append("The vault that was there is now \(aside).") }
    lines.append("For witnesses, and for who checks single proofs: \(outcome.verifierKey.text)")
    try console.output.write(lines.map { $0 + "\n" }.joined())
  }

  private func writeJSON(on console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("vault", vault)
      try json.field("vault_id", outcome.vaultID.description)
      try json.field("origin", outcome.verifierKey.name)
      try json.field("log_vkey", outcome.verifierKey.text)
      try json.field("entry", outcome.entry)
      try json.field("newer_size", outcome.newer?.size)
      try json.array("reapplied") { json in
        for revocation in outcome.reapplied {
          try json.object { json in
            try json.field("user", revocation.user)
            try json.field("role", revocation.role?.name)
          }
        }
      }
      try json.field("not_reapplied", outcome.notReapplied)
      try json.field("put_aside", aside)
      try json.field("unapproved", outcome.isUnapproved)
    }
    try json.finish()
  }
}
