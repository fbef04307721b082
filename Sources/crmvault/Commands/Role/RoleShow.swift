import ArgumentParser
import Vault

/// `crmvault role show`
struct RoleShow: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a role's members, its keys, and what the policy lets it do.",
    discussion: """
      The classes are enforced by keys; actions, purposes, masks and reveals by the program, as the signed policy \
      says.

      Exit status: 0 done, 64 usage, 66 no such vault, 74 input/output, 75 busy, 76 integrity, 77 not permitted or \
      wrong passphrase, 78 configuration.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The role.") var roleName: String

  func run(on console: Console) throws {
    let role = try RoleList.one(roleName)
    let session = try options.openSession(on: console)
    let members = RoleMembers(role, of: try session.users())
    let rules = try session.policy().rules(for: role)
    let classes = role.classes.sorted().map(\.name)
    let actions = rules.actions.map(\.rawValue).sorted()
    guard options.json else {
      var table = TableWriter(["FIELD", "VALUE"], to: console.output)
      try table.row("role", role.name)
      try table.row("members", members.members.joined(separator: ", "))
      for grant in members.pending { try table.row("pending", "\(grant.user) (until \(grant.expires))") }
      try table.row("keys of", classes.joined(separator: ", "))
      try table.row("actions", actions.joined(separator: ", "))
      try table.row("purposes", rules.purposes.sorted().joined(separator: ", "))
      try table.row("default purpose", rules.defaultPurpose ?? "")
      for (field, mask) in rules.masks.sorted(by: { $0.key < $1.key }) {
        try table.row("mask of \(field)", mask)
      }
      for (purpose, fields) in rules.reveals.sorted(by: { $0.key < $1.key }) {
        try table.row("reveals for \(purpose)", fields.sorted().joined(separator: ", "))
      }
      return try table.finish()
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.members(members)
      try json.field("classes", classes)
      try json.field("actions", actions)
      try json.field("purposes", rules.purposes.sorted())
      try json.field("default_purpose", rules.defaultPurpose)
      try json.object("masks") { json in
        for (field, mask) in rules.masks.sorted(by: { $0.key < $1.key }) { try json.field(field, mask) }
      }
      try json.object("reveal") { json in
        for (purpose, fields) in rules.reveals.sorted(by: { $0.key < $1.key }) {
          try json.field(purpose, fields.sorted())
        }
      }
    }
    try json.finish()
  }
}
