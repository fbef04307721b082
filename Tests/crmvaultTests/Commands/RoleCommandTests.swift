import AuditLog
import Foundation
import Testing
import VaultTesting

@testable import crmvault

@Suite struct RoleCommandTests {
  private func granted(_ role: String = "agent") async throws -> (CommandBench, String) {
    let bench = try await CommandBench.make()
    let added = await bench.run("user", "add", "newt", "--role", role)
    try #require(added.exit == .done)
    return (bench, try bench.fingerprint(of: "newt"))
  }

  @Test func `a member who compares the fingerprint lets the newcomer in`() async throws {
    let (bench, newt) = try await granted()
    let id = try await bench.addCustomer()
    let whoami = try await bench.run("whoami", "--json", as: "newt").object()
    #expect(whoami["fingerprint"] as? String == newt)
    #expect(whoami["roles"] as? [String] == [])
    let confirmed = await bench.run(
      "role", "confirm", "newt", "agent", "--fingerprint", newt, "--json", as: "agnes")
    #expect(
      try confirmed.object() as? [String: String] == ["user": "newt", "role": "agent", "state": "active"])
    #expect(await bench.run("customer", "show", id, as: "newt").exit == .done)
  }

  @Test func `a fingerprint may be written in groups and capitals`() async throws {
    let (bench, newt) = try await granted()
    let told = newt.uppercased().enumerated().map { $0 % 4 == 3 ? "\($1) " : "\($1)" }.joined()
    #expect(
      await bench.run("role", "confirm", "newt", "agent", "--fingerprint", told, as: "agnes").exit == .done)
  }

  @Test func `a terminal shows the fingerprint and asks, and --yes does not answer`() async throws {
    let (bench, newt) = try await granted()
    #expect(await bench.run("role", "confirm", "newt", "agent", "--yes", as: "agnes").exit == .usage)
    let refused = await bench.run("role", "confirm", "newt", "agent", "--yes", as: "agnes", answers: ["no"])
    #expect(refused.exit == .notPermitted)
    #expect(refused.shown.contains(newt))
    #expect(await bench.run("role", "confirm", "newt", "agent", as: "agnes", answers: ["yes"]).exit == .done)
  }

  @Test func `another fingerprint is refused, and the refusal is in the log`() async throws {
    let (bench, _) = try await granted()
    let sam = try bench.fingerprint(of: "sam")
    for fingerprint in [sam, "", "0"] {
      let refused = await bench.run(
        "role", "confirm", "newt", "agent", "--fingerprint", fingerprint, as: "agnes")
      #expect(refused.exit == .notPermitted)
    }
    let refusals = try HostileHand(bench).log().filter { $0.what.outcome == .denied }
    #expect(refusals.map(\.what.action) == ["role.confirm", "role.confirm", "role.confirm"])
  }

  @Test func `nobody but a member of the role confirms, not even the custodian who granted it`() async throws
  {
    let (bench, newt) = try await granted()
    for user in ["owner", "sam", "anna", "paul", "aude", "newt"] {
      let refused = await bench.run("role", "confirm", "newt", "agent", "--fingerprint", newt, as: user)
      #expect(refused.exit == .notPermitted, "\(user)")
      // Also where nothing waits: decided before existence.
      let nothing = await bench.run("role", "confirm", "nobody", "agent", "--fingerprint", newt, as: user)
      #expect(nothing.exit == .notPermitted, "\(user)")
    }
  }

  @Test func `a grant waits for 14 days and no longer`() async throws {
    let (bench, newt) = try await granted()
    bench.clock.move(days: 15)
    let late = await bench.run("role", "confirm", "newt", "agent", "--fingerprint", newt, as: "agnes")
    #expect(late.exit == .missing)
    #expect(try await bench.run("whoami", "--json", as: "newt").object()["pending"] as? [String] == [])
    #expect(await bench.run("role", "grant", "newt", "agent", "--json").exit == .done)
    #expect(
      await bench.run("role", "confirm", "newt", "agent", "--fingerprint", newt, as: "agnes").exit == .done)
  }

  @Test func `a confirmation serves once`() async throws {
    let (bench, newt) = try await granted()
    let confirm = ["role", "confirm", "newt", "agent", "--fingerprint", newt]
    #expect(await bench.run(confirm, as: "agnes").exit == .done)
    #expect(await bench.run(confirm, as: "agnes").exit == .missing)
    #expect(await bench.run("role", "revoke", "newt", "agent", "--yes").exit == .done)
    #expect(await bench.run(confirm, as: "agnes").exit == .missing)
    #expect(await bench.run("role", "revoke", "newt", "agent", "--yes").exit == .missing)
  }

  @Test func `a revoked role is refused at once`() async throws {
    let (bench, newt) = try await granted()
    let id = try await bench.addCustomer()
    _ = await bench.run("role", "confirm", "newt", "agent", "--fingerprint", newt, as: "agnes")
    #expect(await bench.run("customer", "show", id, as: "newt").exit == .done)
    #expect(await bench.run("role", "revoke", "newt", "agent").exit == .usage)
    #expect(await bench.run("role", "revoke", "newt", "agent", "--yes", "--json").exit == .done)
    #expect(await bench.run("customer", "show", id, as: "newt").exit == .notPermitted)
    #expect(try await bench.run("whoami", "--json", as: "newt").object()["roles"] as? [String] == [])
  }

  @Test func `a custodian admits nobody to customer data, himself included`() async throws {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    let granted = try await bench.run("role", "grant", "owner", "agent", "--json").object()
    #expect(granted["state"] as? String == "pending")
    let owner = try bench.fingerprint(of: "owner")
    #expect(
      await bench.run("role", "confirm", "owner", "agent", "--fingerprint", owner).exit == .notPermitted)
    #expect(await bench.run("customer", "show", id).exit == .notPermitted)
  }

  @Test func `a role that the user does not have is refused, and one that is none is a usage error`()
    async throws
  {
    let bench = try await CommandBench.make()
    #expect(await bench.run("customer", "list", "--role", "steward", as: "anna").exit == .notPermitted)
    #expect(await bench.run("customer", "list", "--role", "boss", as: "anna").exit == .usage)
    #expect(await bench.run("customer", "list", "--role", "analyst", as: "anna").exit == .done)
    #expect(await bench.run("role", "grant", "anna", "boss").exit == .usage)
    #expect(await bench.run("role", "grant", "anna", "agent,steward").exit == .usage)
    #expect(await bench.run("role", "grant", "anna", "analyst").exit == .exists)
    #expect(await bench.run("role", "grant", "nobody", "analyst").exit == .missing)
  }

  @Test func `roles are listed with their members and with those who wait`() async throws {
    let (bench, _) = try await granted()
    let roles = try await bench.run("role", "list", "--json", as: "aude").list()
    #expect(
      roles.compactMap { $0["role"] as? String } == [
        "custodian", "privacy-officer", "steward", "agent", "analyst", "auditor",
      ])
    let agent = roles[3]
    #expect(agent["members"] as? [String] == ["agnes"])
    #expect((agent["pending"] as? [[String: String]])?.first?["user"] == "newt")
    let shown = try await bench.run("role", "show", "analyst", "--json", as: "aude").object()
    #expect(shown["members"] as? [String] == ["anna"])
    #expect(shown["classes"] as? [String] == ["profile", "behavior", "consent", "score"])
    #expect(shown["default_purpose"] as? String == "analytics")
  }
}
