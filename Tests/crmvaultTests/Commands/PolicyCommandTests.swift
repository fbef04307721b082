import AuditLog
import Foundation
import Testing
import Vault
import VaultTesting

@testable import crmvault

@Suite struct PolicyCommandTests {
  @Test func `the policy in force is shown byte for byte, to everybody`() async throws {
    let bench = try await CommandBench.make()
    for user in ["owner", "sam", "agnes", "anna", "paul", "aude"] {
      #expect(await bench.run("policy", "show", as: user).out == Policy.template)
    }
    let json = try await bench.run("policy", "show", "--json").object()
    #expect(json["text"] as? String == Policy.template)
    #expect((json["purposes"] as? [[String: String]])?.count == 8)
  }

  @Test func `a file is checked without a vault`() async throws {
    let bench = try await CommandBench.make()
    try FileManager.default.removeItem(atPath: bench.folder.file("crm.vault"))
    let good = try bench.write("good.yaml", Policy.template)
    #expect(try await bench.run("policy", "check", good, "--json").object()["ok"] as? Bool == true)
    #expect(await bench.run("policy", "check", bench.folder.file("none.yaml")).exit == .missing)
    let bad = try bench.write("bad.yaml", Policy.template.replacing("rule: none", with: "rule: perhaps"))
    let refused = await bench.run("policy", "check", bad)
    #expect(refused.exit == .badInput)
    #expect(refused.err.contains("purposes.service.rule"))
  }

  @Test func `a custodian puts a policy in force, and it decides from then on`() async throws {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    let text = Policy.template.replacing("name: default", with: "name: strict")
      .replacing(
        "[customer.find, customer.show, customer.rate, customer.history, consent.grant,",
        with: "[consent.grant,")
    let file = try bench.write("strict.yaml", text)
    #expect(await bench.run("policy", "apply", file, "--yes", as: "paul").exit == .notPermitted)
    #expect(await bench.run("policy", "apply", file).exit == .usage)
    #expect(await bench.run("customer", "show", id, as: "agnes").exit == .done)
    #expect(await bench.approvePolicy(file))
    #expect(await bench.run("policy", "apply", file, "--yes", "--json").exit == .done)
    #expect(await bench.run("customer", "show", id, as: "agnes").exit == .notPermitted)
    #expect(await bench.run("policy", "show", as: "agnes").out == text)
    #expect(await bench.run("policy", "apply", file, "--yes").exit == .exists)
    let bad = try bench.write("bad.yaml", "policy: 2\n")
    #expect(await bench.run("policy", "apply", bad, "--yes").exit == .badInput)
  }

  @Test func `a purpose is from the policy's list, and asked for where the role has no default`() async throws
  {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    let unknown = await bench.run("customer", "show", id, "--purpose", "curiosity", as: "agnes")
    #expect(unknown.exit == .usage)
    #expect(unknown.err.contains("data-subject-request") && !unknown.err.contains("curiosity"))
    let foreign = await bench.run("customer", "show", id, "--purpose", "analytics", as: "agnes")
    #expect(foreign.exit == .notPermitted)
    let file = try bench.write(
      "p.yaml", Policy.template.replacing("    default_purpose: service\n", with: ""))
    #expect(await bench.approvePolicy(file))
    #expect(await bench.run("policy", "apply", file, "--yes").exit == .done)
    let missing = await bench.run("customer", "show", id, as: "agnes")
    #expect(missing.exit == .usage)
    #expect(missing.err.contains("data-subject-request, fraud-prevention, service"))
    #expect(await bench.run("customer", "show", id, "--purpose", "service", as: "agnes").exit == .done)
    // The role is decided before the purpose.
    #expect(await bench.run("customer", "show", id, as: "anna").exit == .notPermitted)
  }

  @Test func `the policy's own fields are kept, masked and revealed as it says`() async throws {
    let bench = try await CommandBench.make()
    let text =
      Policy.template + """

        fields:
          identity: [wechat]
          profile: [household]

        """
    let withMask = text.replacing(
      "note: hidden}\n    reveal:\n      service: [name, phone, email, address, account, note]",
      with: "note: hidden, wechat: initial}\n    reveal:\n      service: [name, wechat]")
    #expect(withMask != text)
    let object = #"{"name": "Li", "wechat": "dragon88", "household": "3"}"#
    #expect(await bench.run("customer", "add", "--from", "-", as: "sam", input: object).exit == .badInput)
    let file = try bench.write("p.yaml", withMask)
    #expect(await bench.approvePolicy(file))
    #expect(await bench.run("policy", "apply", file, "--yes").exit == .done)
    let id = try await bench.addCustomer(object)
    let masked = try await bench.run("customer", "show", id, "--json", as: "agnes").object()
    #expect((masked["identity"] as? [String: String])?["wechat"] == "d****")
    #expect((masked["profile"] as? [String: String])?["household"] == "3")
    let unmentioned = try await bench.run("customer", "show", id, "--json", as: "sam").object()
    #expect((unmentioned["identity"] as? [String: String])?["wechat"] == "***")
    let revealed = try await bench.run(
      "customer", "show", id, "--reveal", "wechat,household", "--json", as: "agnes"
    ).object()
    #expect((revealed["identity"] as? [String: String])?["wechat"] == "dragon88")
  }
}

extension CommandBench {
  /// The privacy officer approves a policy that the custodian asks for; the first request of the vault.
  func approvePolicy(_ file: String) async -> Bool {
    let asked = await run("request", "create", "policy", file)
    let approved = await run("request", "approve", "1", as: "paul")
    return asked.exit == .done && approved.exit == .done
  }
}
