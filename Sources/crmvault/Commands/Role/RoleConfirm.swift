import ArgumentParser
import Vault

/// `crmvault role confirm`
struct RoleConfirm: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "confirm",
    abstract: "As a member of a role, let a newcomer in whom a custodian has granted it.",
    discussion: """
      Seals the role's key to the newcomer. Compare the fingerprint over another channel first: the newcomer sees it \
      in 'crmvault whoami'. Without a terminal --fingerprint is needed; --yes does not stand in for it.

      Exit status: 0 done, 64 usage, 66 no such vault or user, or no grant that waits, 74 input/output, 75 busy, 76 \
      integrity, 77 no member of the role, another fingerprint, not confirmed or wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The newcomer's name.") var name: String
  @Argument(help: "The role.") var roleName: String
  @Option(help: "The newcomer's fingerprint, as the newcomer told it.") var fingerprint: String?

  func run(on console: Console) throws {
    let role = try RoleList.one(roleName)
    let name = try KeyringFolder.checked(name: name)
    guard fingerprint != nil || console.terminal != nil else {
      throw CommandFailure.usage(
        "fingerprint_needed",
        "the newcomer's fingerprint is needed, and there is no terminal to compare it on",
        hints: "give --fingerprint F, as \(name) told it over another channel")
    }
    let session = try options.openSession(on: console, acting: role)
    let told = try fingerprint ?? compared(name, role, session, on: console)
    try session.confirmRole(role, of: name, fingerprint: told)
    guard options.json else {
      return try console.output.write(RoleGrant.sentence(name, role, .active))
    }
    var json = JSONWriter(to: console.output)
    try json.grant(name, role, Session.GrantState.active.rawValue)
    try json.finish()
  }

  private func compared(_ name: String, _ role: Role, _ session: Session, on console: Console) throws
    -> String
  {
    let enrolled = try session.pendingFingerprint(name, role)
    try console.terminal?.say("The enrolled key of \(name) has the fingerprint \(enrolled)")
    // --yes must not answer this: it would confirm what nobody compared.
    try console.confirm(
      "Did \(name) tell you the same, and shall \(name) get the role \(role.name)", yes: false)
    return enrolled
  }
}
