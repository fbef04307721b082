import ArgumentParser
import Testing

@testable import crmvault

@Suite struct GlobalOptionsTests {
  private func options(_ arguments: String...) throws -> GlobalOptions {
    try GlobalOptions.parse(arguments)
  }

  private let none = Environment([:])

  @Test func `an option wins over the environment and the environment over the default`() throws {
    let environment = Environment(["CRMVAULT_VAULT": "/b.vault", "CRMVAULT_KEYS": "/k"])
    #expect(try options("--vault", "/a").location(in: environment) == .folder("/a"))
    #expect(try options().location(in: environment) == .folder("/b.vault"))
    #expect(try options().location(in: none) == .folder("./crm.vault"))
    #expect(try options().keyring(in: environment).path == "/k")
    #expect(try options().keyring(in: none).path == "./keys")
  }

  @Test func `the warden's file is called after the vault`() throws {
    #expect(try options().wardenPath(in: none) == "./keys/crm.outer")
    #expect(try options("--vault", "/x/shop.vault/").wardenPath(in: none) == "./keys/shop.outer")
    #expect(try options("--warden", "/w").wardenPath(in: none) == "/w")
    #expect(try options().wardenPath(in: Environment(["CRMVAULT_WARDEN": "/v"])) == "/v")
  }

  @Test func `a vault is a folder, a database or a server`() throws {
    #expect(
      try VaultLocation("postgres://db/crm?sslmode=require") == .database("postgres://db/crm?sslmode=require")
    )
    #expect(try VaultLocation("postgres://db/crm?x=1").name == "crm")
    #expect(try VaultLocation("unix:/run/crm.sock") == .server("unix:/run/crm.sock"))
    #expect(try VaultLocation("https://host:8443/v") == .server("https://host:8443/v"))
    #expect(try VaultLocation("./a:b") == .folder("./a:b"))
    #expect(try VaultLocation(".").name == "crm")
  }

  @Test(arguments: [
    "", "http://host", "ftp://host/x", "postgres://u:secret@db/crm", "postgres://db/crm?password=secret",
  ])
  func `a place that is none, or holds a password, is refused and not repeated`(text: String) {
    let found = failure { _ = try VaultLocation(text) }
    #expect(found?.exit == .usage)
    #expect(found?.message.contains("secret") == false)
  }

  @Test func `without --as the only key of the folder acts`() throws {
    let folder = try Scratch()
    _ = try folder.file("anna.key", "")
    _ = try folder.file("anna.pub", "")
    _ = try folder.file("bert.pub", "")
    #expect(try options("--keys", folder.path).userName(in: none) == "anna")
    _ = try folder.file("bert.key", "")
    let found = failure { _ = try options("--keys", folder.path).userName(in: none) }
    #expect(found?.exit == .usage)
    #expect(found?.hint == "choose with --as: anna, bert")
    #expect(try options("--keys", folder.path, "--as", "bert").userName(in: none) == "bert")
    #expect(try options().userName(in: Environment(["CRMVAULT_USER": "eve"])) == "eve")
  }

  @Test func `a folder without keys, or none at all, ends with 66`() throws {
    let folder = try Scratch()
    for path in [folder.path, folder.path + "/nowhere"] {
      #expect(failure { _ = try options("--keys", path).userName(in: none) }?.exit == .missing)
    }
  }

  @Test(arguments: ["../eve", "", "-x", ".hidden", "a/b", "a\nb", String(repeating: "a", count: 65), "李"])
  func `a user's name is not a path`(name: String) {
    #expect(failure { _ = try KeyringFolder.checked(name: name) }?.exit == .usage)
  }

  @Test func `state is kept by the rules of XDG`() throws {
    #expect(
      try GlobalOptions.stateFolder(in: Environment(["XDG_STATE_HOME": "/s", "HOME": "/h"])) == "/s/crmvault")
    #expect(
      try GlobalOptions.stateFolder(in: Environment(["XDG_STATE_HOME": "s", "HOME": "/h"]))
        == "/h/.local/state/crmvault")
    #expect(failure { _ = try GlobalOptions.stateFolder(in: none) }?.exit == .configuration)
  }
}
