import ArgumentParser
import AuditLog
import Vault
import Witness

/// `crmvault audit witness`
struct AuditWitnessCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "witness", abstract: "Show the log's heads to witnesses, and keep what they sign.",
    discussion: """
      A witness remembers what it saw: from then on nobody can roll the log back, or show two logs to two people, \
      unnoticed. For auditors and privacy officers.
      """,
    subcommands: [
      AuditWitnessAdd.self, AuditWitnessList.self, AuditWitnessRemove.self, AuditWitnessPush.self,
    ])
}

/// `crmvault audit witness add`
struct AuditWitnessAdd: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a witness.",
    discussion: """
      Its operator needs the log's verifier key, keys/VAULT.vkey, and gives its own. The address is the witness's \
      submission prefix: https://, or http:// on this machine.

      Exit status: 0 done, 64 usage, 65 no verifier key of a witness, 66 no such vault or file, 73 the name or the key \
      is there already, 76 integrity, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "What the witness is to be called here.") var name: String
  @Option(help: "Its verifier key, or a file with it.", completion: .file()) var vkey: String
  @Option(help: "Its address.") var url: String

  func run(on console: Console) throws {
    let keys = try WitnessServe.keys(vkey)
    guard let key = keys.first, keys.count == 1 else {
      throw CommandFailure.badInput(
        "bad_vkey", "there is not exactly one verifier key", hints: "give the witness's")
    }
    _ = try WitnessAddress(url)
    let witness = try VaultWitness(name: name, key: key, url: url)
    try options.openSession(on: console).addWitness(witness)
    guard options.json else { return try console.output.write("The witness \(name) was added.\n") }
    var json = JSONWriter(to: console.output)
    try json.value(witness)
    try json.finish()
  }
}

/// `crmvault audit witness list`
struct AuditWitnessList: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the vault's witnesses.",
    discussion: """
      Exit status: 0 done, 66 no such vault, 76 integrity, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    let witnesses = try options.openSession(on: console).witnesses()
    guard options.json else {
      var table = TableWriter(["NAME", "ADDRESS", "VERIFIER KEY"], to: console.output)
      for witness in witnesses {
        try table.cell(witness.name)
        try table.cell(witness.url)
        try table.cell(witness.key.text)
        try table.endRow()
      }
      return try table.finish()
    }
    var json = JSONWriter(to: console.output)
    try json.array { json in
      for witness in witnesses { try json.value(witness) }
    }
    try json.finish()
  }
}

/// `crmvault audit witness remove`
struct AuditWitnessRemove: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove a witness. What it has signed is kept.",
    discussion: """
      Exit status: 0 done, 66 no such vault or witness, 76 integrity, 77 not permitted, not confirmed or wrong \
      passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The witness's name.") var name: String

  func run(on console: Console) throws {
    try console.confirm("remove the witness \(VisibleText.visible(name))", yes: options.yes)
    try options.openSession(on: console).removeWitness(name)
    guard options.json else { return try console.output.write("The witness \(name) was removed.\n") }
    var json = JSONWriter(to: console.output)
    try json.object { json in try json.field("removed", name) }
    try json.finish()
  }
}

/// `crmvault audit witness push`
struct AuditWitnessPush: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Show the log's newest head to the witnesses and keep their signatures.",
    discussion: """
      Run it often, by a timer: what was written since the last signed head can still be rolled back unseen. 'audit \
      verify --policy' holds the signatures against a trust policy. CRMVAULT_WITNESS_CA names a PEM file of authorities \
      to trust instead of the system's.

      Exit status: 0 every witness signed, 66 no such vault or witness, 69 a witness cannot be reached or does not sign, \
      76 a witness has seen another log: it was rolled back or forked, 77 not permitted or wrong passphrase, 78 there is \
      no witness, or one does not know the log.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The witnesses to ask (default: all).") var names: [String] = []

  func run(on console: Console) throws {
    let session = try options.openSession(on: console)
    let results = try session.pushHead(
      through: HTTPWitnesses(in: console.environment), only: names.isEmpty ? nil : names)
    if options.json { try writeJSON(results, on: console) } else { try writeText(results, on: console) }
    let failures = results.compactMap { result in
      if case .failure(let error) = result.outcome { error } else { nil }
    }
    // What shows tampering comes first, whoever else did not answer.
    guard let worst = failures.first(where: { $0.code == .integrity }) ?? failures.first else { return }
    throw worst
  }

  private func writeText(_ results: [Session.WitnessResult], on console: Console) throws {
    for result in results {
      switch result.outcome {
      case .success(let time):
        try console.output.write(
          "\(result.witness.name): signed \(result.size) entries at \(TimeText.utc(seconds: time)).\n")
      case .failure(let error): try console.output.write("\(result.witness.name): \(error.reason).\n")
      }
    }
  }

  private func writeJSON(_ results: [Session.WitnessResult], on console: Console) throws {
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.array("witnesses") { json in
        for result in results {
          try json.object { json in
            try json.field("name", result.witness.name)
            try json.field("size", result.size)
            switch result.outcome {
            case .success(let time):
              try json.field("state", "cosigned")
              try json.field("time", TimeText.utc(seconds: time))
            case .failure(let error):
              try json.field("state", error.code.description)
              try json.field("reason", error.reason)
            }
          }
        }
      }
    }
    try json.finish()
  }
}

extension JSONWriter {
  /// Writes a witness of the vault.
  mutating func value(_ witness: VaultWitness) throws(CommandFailure) {
    try object { (json: inout JSONWriter) throws(CommandFailure) in
      try json.field("name", witness.name)
      try json.field("vkey", witness.key.text)
      try json.field("url", witness.url)
    }
  }
}
