import AuditLog
import Foundation
import Testing
import VaultTesting

@testable import crmvault

@Suite struct UserCommandTests {
  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test func `a new identity is two files, the secret one private, and is never made twice`() async throws {
    let bench = try await CommandBench.make()
    let made = await bench.run("user", "new", "nina", "--json")
    #expect(made.exit == .done)
    let json = try made.object()
    #expect(json["user"] as? String == "nina")
    #expect(json["fingerprint"] as? String == (try bench.fingerprint(of: "nina")))
    #expect(try mode(bench.folder.file("keys/nina.key")) == 0o600)
    #expect(try mode(bench.folder.file("keys/nina.pub")) == 0o644)
    #expect(await bench.run("user", "new", "nina", "--json").exit == .exists)
    for name in ["../nina", ".nina", "ni na", "李"] {
      #expect(await bench.run("user", "new", name).exit == .usage)
    }
  }

  @Test func `a new passphrase is asked for twice`() async throws {
    let bench = try await CommandBench.make()
    let made = await bench.run(
      "user", "new", "nina", answers: ["four random words", "four random words"], passphrase: "")
    #expect(made.exit == .done)
    #expect(made.shown.contains("The same again"))
    let typo = await bench.run(
      "user", "new", "nora", answers: ["four random words", "four randon words"], passphrase: "")
    #expect(typo.exit == .usage)
    #expect(!FileManager.default.fileExists(atPath: bench.folder.file("keys/nora.key")))
  }

  @Test func `somebody who is enrolled gets nothing before a member of the role confirms`() async throws {
    let bench = try await CommandBench.make()
    #expect(await bench.run("request", "create", "custodian", "newt").exit == .done)
    #expect(await bench.run("request", "approve", "1", as: "paul").exit == .done)
    let added = await bench.run("user", "add", "newt", "--role", "agent,custodian", "--json")
    #expect(added.exit == .done)
    let roles = try added.object()["roles"] as? [[String: String]]
    #expect(roles == [["role": "agent", "state": "pending"], ["role": "custodian", "state": "active"]])
    let shown = try await bench.run("user", "show", "newt", "--json", as: "newt").object()
    #expect(shown["roles"] as? [String] == ["custodian"])
    #expect((shown["pending"] as? [[String: String]])?.first?["role"] == "agent")
    let id = try await bench.addCustomer()
    #expect(await bench.run("customer", "show", id, as: "newt").exit == .notPermitted)
    #expect(await bench.run("user", "add", "newt", "--role", "agent").exit == .exists)
  }

  @Test func `only a custodian enrols, removes, grants and revokes, and everybody may look`() async throws {
    let bench = try await CommandBench.make()
    for user in ["sam", "agnes", "anna", "paul", "aude"] {
      #expect(await bench.run("user", "add", "newt", "--role", "agent", as: user).exit == .notPermitted)
      // Decided before it is known whether there is such a user.
      #expect(await bench.run("user", "remove", "nobody", "--yes", as: user).exit == .notPermitted)
      #expect(await bench.run("role", "grant", "nobody", "agent", as: user).exit == .notPermitted)
      #expect(await bench.run("role", "revoke", "nobody", "agent", "--yes", as: user).exit == .notPermitted)
      let users = try await bench.run("user", "list", "--json", as: user).list()
      #expect(
        users.compactMap { $0["user"] as? String } == ["agnes", "anna", "aude", "owner", "paul", "sam"])
      #expect(await bench.run("whoami", as: user).exit == .done)
    }
    #expect(await bench.run("whoami", as: "newt").exit == .notPermitted)
    #expect(await bench.run("user", "list", as: "newt").exit == .notPermitted)
    let refusals = try HostileHand(bench).log().filter { $0.what.outcome == .denied }
    #expect(refusals.count == 20)
  }

  @Test func `a removal needs a confirmation and takes effect at once`() async throws {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    _ = await bench.run("user", "add", "newt", "--role", "agent")
    let newt = try bench.fingerprint(of: "newt")
    #expect(
      await bench.run("role", "confirm", "newt", "agent", "--fingerprint", newt, as: "agnes").exit == .done)
    #expect(await bench.run("customer", "show", id, as: "newt").exit == .done)
    #expect(await bench.run("user", "remove", "newt").exit == .usage)
    #expect(await bench.run("user", "remove", "newt", answers: ["n"]).exit == .notPermitted)
    #expect(await bench.run("user", "remove", "newt", answers: ["y"]).exit == .done)
    for command in [["customer", "show", id], ["whoami"], ["customer", "list"], ["policy", "show"]] {
      #expect(await bench.run(command, as: "newt").exit == .notPermitted)
    }
    let shown = try await bench.run("user", "show", "newt", "--json").object()
    #expect(shown["state"] as? String == "removed")
    #expect(await bench.run("user", "remove", "newt", "--yes").exit == .missing)
    #expect(await bench.run("role", "grant", "newt", "agent").exit == .missing)
  }

  @Test func `a name that is enrolled anew starts from nothing`() async throws {
    let bench = try await CommandBench.make()
    _ = await bench.run("user", "add", "newt", "--role", "agent")
    let old = try bench.fingerprint(of: "newt")
    #expect(await bench.run("user", "remove", "newt", "--yes").exit == .done)
    for file in ["newt.key", "newt.pub"] {
      try FileManager.default.moveItem(
        atPath: bench.folder.file("keys/\(file)"), toPath: bench.folder.file("old-\(file)"))
    }
    #expect(await bench.run("user", "new", "newt").exit == .done)
    #expect(await bench.run("user", "add", "newt", "--role", "analyst").exit == .done)
    // The grant of the first newt died with it.
    for fingerprint in [old, try bench.fingerprint(of: "newt")] {
      let confirmed = await bench.run(
        "role", "confirm", "newt", "agent", "--fingerprint", fingerprint, as: "agnes")
      #expect(confirmed.exit == .missing)
    }
    let newts = try await bench.run("user", "list", "--json").list().filter {
      $0["user"] as? String == "newt"
    }
    #expect(newts.count == 2)
    let shown = try await bench.run("user", "show", "newt", "--json").object()
    #expect(shown["state"] as? String == "active")
    #expect(shown["fingerprint"] as? String == (try bench.fingerprint(of: "newt")))
    // The first newt's key is still nobody's.
    for file in ["newt.key", "newt.pub"] {
      let path = bench.folder.file("keys/\(file)")
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.moveItem(atPath: bench.folder.file("old-\(file)"), toPath: path)
    }
    #expect(await bench.run("whoami", as: "newt").exit == .notPermitted)
  }

  @Test func `the last member of a role stays, and the refusal is in the log`() async throws {
    let bench = try await CommandBench.make()
    #expect(await bench.run("role", "revoke", "owner", "custodian", "--yes").exit == .notPermitted)
    #expect(await bench.run("user", "remove", "owner", "--yes").exit == .notPermitted)
    #expect(await bench.run("role", "revoke", "anna", "analyst", "--yes").exit == .notPermitted)
    let refusals = try HostileHand(bench).log().filter { $0.what.outcome == .denied }.map(\.what.action)
    #expect(refusals == ["role.revoke", "user.remove", "role.revoke"])
    #expect(await bench.admitCustodian("newt"))
    #expect(await bench.run("role", "revoke", "owner", "custodian", "--yes", as: "newt").exit == .done)
    #expect(await bench.run("user", "add", "owner", "--role", "agent").exit == .notPermitted)
  }

  @Test func `a changed passphrase replaces the old one, and nothing else`() async throws {
    let bench = try await CommandBench.make()
    let key = bench.folder.file("keys/sam.key")
    let before = try Data(contentsOf: URL(fileURLWithPath: key))
    #expect(await bench.run("user", "passphrase", as: "sam").exit == .usage)
    let wrong = await bench.run(
      "user", "passphrase", "--new-passphrase-file", bench.folder.file("pw2"), as: "sam", passphrase: "pw2")
    #expect(wrong.exit == .notPermitted)
    #expect(try Data(contentsOf: URL(fileURLWithPath: key)) == before)
    let changed = await bench.run(
      "user", "passphrase", "--new-passphrase-file", bench.folder.file("pw2"), "--json", as: "sam")
    #expect(changed.exit == .done)
    #expect(try mode(key) == 0o600)
    #expect(await bench.run("whoami", as: "sam").exit == .notPermitted)
    #expect(await bench.run("whoami", as: "sam", passphrase: "pw2").exit == .done)
    let files = try FileManager.default.contentsOfDirectory(atPath: bench.folder.file("keys"))
    #expect(!files.contains { $0.contains(".new") })
  }

  @Test func `user passphrase needs no vault`() async throws {
    let bench = try await CommandBench.make()
    try FileManager.default.removeItem(atPath: bench.folder.file("crm.vault"))
    let changed = await bench.run(
      "user", "passphrase", as: "sam", answers: ["a new passphrase", "a new passphrase"])
    #expect(changed.exit == .done)
  }

  @Test(arguments: CommandHelp.all)
  func `every command says in its help how it can end`(command: [String]) async throws {
    let bench = Console.inMemory()
    let exit = await CommandLineRun.run(Crmvault.self, arguments: command + ["--help"], on: bench)
    #expect(exit == .done)
    #expect(bench.output.text.contains("Exit status: 0"))
    #expect(bench.output.text.contains("--json"))
  }
}

enum CommandHelp {
  static let all: [[String]] = [
    ["user", "new"], ["user", "add"], ["user", "list"], ["user", "show"], ["user", "remove"],
    ["user", "passphrase"], ["role", "list"], ["role", "show"], ["role", "grant"], ["role", "confirm"],
    ["role", "revoke"], ["whoami"], ["policy", "show"], ["policy", "check"], ["policy", "apply"],
    ["customer", "add"], ["customer", "find"], ["customer", "search"], ["customer", "show"],
    ["customer", "update"], ["customer", "rate"], ["customer", "list"], ["customer", "history"],
  ]
}
