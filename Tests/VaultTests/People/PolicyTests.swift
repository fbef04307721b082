import Sodium
import Testing

@testable import Vault

@Suite struct PolicyTests {
  private func code(_ text: String) -> VaultError? {
    do {
      _ = try Policy(parsing: text)
      return nil
    } catch { return error }
  }

  @Test func `the template gives each role what the design says`() throws {
    let policy = try Policy(parsing: Policy.template)
    #expect(policy.purposes.count == 8)
    #expect(policy.purposes["marketing"]?.rule == .consent)
    #expect(policy.purposes["analytics"]?.rule == .objection)
    #expect(
      policy.rules(for: .analyst).actions.isDisjoint(with: [.customerShow, .customerFind, .customerSearch]))
    #expect(policy.rules(for: .custodian).actions.isEmpty)
    #expect(policy.rules(for: .agent).mask(of: "account.shop") == "last4")
    #expect(policy.rules(for: .agent).mask(of: "something") == "hidden")
    for role in Role.allCases {
      for action in policy.rules(for: role).actions {
        #expect(action.neededClasses.isSubset(of: role.classes))
      }
    }
  }

  @Test(arguments: [
    ("policy: 1", "policy: 2"), ("name: default", "name: \"a\\tb\""), ("name: default\n", ""),
    ("rule: objection", "rule: maybe"), ("service: {legal", "Service: {legal"),
    ("legal_basis: contract, ", ""), ("  auditor:", "  boss:"),
    ("customer.list, score.run", "customer.show, score.run"),
    ("customer.list, score.run", "user.add, score.run"),
    ("customer.list, score.run", "customer.eat, score.run"),
    ("purposes: [administration]", "purposes: [fun]"),
    ("default_purpose: administration", "default_purpose: service"),
    ("note: hidden}", "note: blurred}"), ("note: hidden}", "shoe_size: hidden}"),
    ("fraud-prevention: [all]", "fraud-prevention: [everything]"),
    ("legal-obligation: [all]", "analytics: [all]"),
    ("roles:\n", "extra: 1\nroles:\n"), ("roles:\n", "fields: {behavior: [x]}\nroles:\n"),
    ("roles:\n", "fields: {identity: [phone]}\nroles:\n"),
    ("roles:\n", "fields: {identity: [Wechat]}\nroles:\n"),
    ("roles:\n", "fields: {identity: [a], profile: [a]}\nroles:\n"),
    ("roles:\n", "fields: {identity: [account.x]}\nroles:\n"),
    ("name: default", "name: default\nname: twice"),
    ("policy: 1", "policy: [1"), ("policy: 1", "- policy"),
    ("customer.reveal, export.reidentify", "customer.show"), ("policy.apply,", ""), ("days: 7", "days: 31"),
  ])
  func `what a policy may not say is refused`(old: String, new: String) throws {
    let text = Policy.template.replacing(old, with: new, maxReplacements: 1)
    try #require(text != Policy.template)
    #expect(code(text)?.code == .badInput)
  }

  @Test func `hostile YAML ends in an error`() {
    #expect(code("")?.code == .badInput)
    #expect(code(String(repeating: "[", count: 200_000))?.code == .badInput)
    #expect(code(String(repeating: "{a: ", count: 60_000))?.code == .badInput)
    #expect(code(String(repeating: "#", count: Policy.maximumLength + 1))?.code == .badInput)
    var bomb = "a0: &a0 [x, x, x, x, x, x, x, x]\n"
    for level in 1..<12 {
      bomb +=
        "a\(level): &a\(level) [" + [String](repeating: "*a\(level - 1)", count: 8).joined(separator: ", ")
        + "]\n"
    }
    #expect(code(bomb)?.code == .badInput)
  }

  @Test func `the hash is of the exact text`() throws {
    let policy = try Policy(parsing: Policy.template)
    let other = try Policy(parsing: Policy.template + "\n# a remark\n")
    #expect(policy.hash != other.hash)
    #expect(policy.hashText.count == 64)
  }
}
