import ArgumentParser
import AuditLog
import Vault

/// `crmvault audit key`
struct AuditKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "key", abstract: "The key that signs the log's heads.",
    subcommands: [AuditKeyList.self, AuditKeyRotate.self])
}

/// `crmvault audit key list`
struct AuditKeyList: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the keys that the log has had, and which heads each of them signs.",
    discussion: """
      The first is that of keys/VAULT.vkey: by it the vault is known, and from it every verifier follows the others. \
      Witnesses, and who checks single proofs, need the one in force.

      Exit status: 0 done, 66 no such vault, 76 integrity, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    let keys = try options.openSession(on: console).logKeys()
    guard options.json else {
      var table = TableWriter([.trailing("FROM"), .trailing("TO"), "VERIFIER KEY"], to: console.output)
      for key in keys {
        table.cell(key.sizes.lowerBound)
        try table.cell(key.sizes.upperBound == .max ? "" : "\(key.sizes.upperBound)")
        try table.cell(key.key.text)
        try table.endRow()
      }
      return try table.finish()
    }
    var json = JSONWriter(to: console.output)
    try json.array { json in
      for key in keys {
        try json.object { json in
          try json.field("vkey", key.key.text)
          try json.field("first_size", key.sizes.lowerBound)
          try json.field("last_size", key.sizes.upperBound == .max ? nil : key.sizes.upperBound)
        }
      }
    }
    try json.finish()
  }
}

/// `crmvault audit key rotate`
struct AuditKeyRotate: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate", abstract: "Give the log a new key and destroy the one before.",
    discussion: """
      For custodians: when a key may have been copied, when somebody who had one left, or by the calendar. The new key is \
      announced by an entry under the one before and sealed to every role at once; the one before counts only up to that \
      entry, and what was sealed of it is removed. Verifiers follow by themselves from keys/VAULT.vkey, which stays. Give \
      the new verifier key to the operators of witnesses. Copies of the vault still hold the old key: it can sign \
      nothing later.

      Exit status: 0 done, 66 no such vault, 74 input/output, 75 busy, 76 integrity, 77 not permitted, not confirmed or \
      wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    try console.confirm("give the log a new key and destroy the one before", yes: options.yes)
    let rotation = try options.openSession(on: console).rotateLogKey()
    guard options.json else {
      try console.output.write(
        "The log has a new key, announced by entry \(rotation.announced). For witnesses:\n"
          + rotation.verifierKey.text + "\n")
      return
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("log_vkey", rotation.verifierKey.text)
      try json.field("epoch", rotation.epoch)
      try json.field("seq", rotation.announced)
    }
    try json.finish()
  }
}
