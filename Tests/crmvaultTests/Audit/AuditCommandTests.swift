import AuditLog
import Foundation
import Sodium
import Testing

@testable import crmvault

/// The log's commands as people and programs call them.
@Suite struct AuditCommandTests {
  /// A vault in a folder of its own, with one customer; its owner has every role.
  final class Place: Sendable {
    let folder: ScratchFolder
    let id: String
    static let secrets = ["Zelda", "13812345678", "zelda@example.com"]

    init() async throws {
      folder = try ScratchFolder()
      _ = try folder.file("pw", "correct horse\n")
      let made = await Self.run(folder.path, ["init"])
      try #require(made.exit == .done)
      let added = await Self.run(
        folder.path, ["customer", "add", "--from", "-", "--json"],
        input: #"{"name":"Zelda","phone":"+8613812345678","email":"zelda@example.com"}"#)
      let json = try #require(
        try JSONSerialization.jsonObject(with: Data(added.output.utf8)) as? [String: Any])
      id = try #require(json["id"] as? String)
    }

    func run(_ arguments: String..., input: String = "") async -> Outcome {
      await Self.run(folder.path, arguments, input: input)
    }

    func file(_ name: String) -> String { "\(folder.path)/\(name)" }

    static func run(_ path: String, _ arguments: [String], input: String = "") async -> Outcome {
      let console = Console.inMemory(
        input: input,
        environment: [
          "CRMVAULT_TEST_KDF": "floor", "CRMVAULT_VAULT": "\(path)/crm.vault",
          "CRMVAULT_KEYS": "\(path)/keys",
          "CRMVAULT_PASSPHRASE_FILE": "\(path)/pw", "XDG_STATE_HOME": "\(path)/state",
        ])
      let exit = await CommandLineRun.run(Crmvault.self, arguments: arguments, on: console)
      return Outcome(exit: exit, output: console.output.text, errors: console.errors.text)
    }
  }

  struct Outcome {
    let exit: ExitCode
    let output: String
    let errors: String

    func json<Value>(_ type: Value.Type = Value.self) throws -> Value {
      try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? Value)
    }

    /// Whether a customer's value is in what was printed.
    var tells: Bool {
      AuditCommandTests.Place.secrets.contains { output.contains($0) || errors.contains($0) }
    }
  }

  @Test func `list has every entry with the fields of envelope, what and who in one object`() async throws {
    let place = try await Place()
    let listed = await place.run("audit", "list", "--json")
    #expect(listed.exit == .done && !listed.tells)
    let entries: [[String: Any]] = try listed.json()
    #expect(entries.map { $0["seq"] as? Int } == Array(0..<entries.count))
    #expect(
      entries.compactMap { $0["action"] as? String } == [
        "vault.init", "customer.add", "subject.enrol", "audit.read",
      ])
    for entry in entries {
      for key in [
        "t", "kind", "state", "governance", "what", "who", "sealed", "actor", "key", "role", "session",
        "outcome",
      ] {
        #expect(entry[key] is String, "\(key)")
      }
    }
    let denied = await place.run("audit", "list", "--role", "custodian")
    #expect(denied.exit == .notPermitted && denied.output.isEmpty)
    let found: [[String: Any]] = try await place.run("audit", "list", "--outcome", "denied", "--json").json()
    #expect(found.count == 1 && found[0]["role"] as? String == "custodian")
  }

  @Test func `jsonl has the exact bytes of envelope and parts, and csv one row an entry`() async throws {
    let place = try await Place()
    let lines = await place.run("audit", "list", "--format", "jsonl").output.split(separator: "\n")
    #expect(lines.count == 4)
    for line in lines {
      let entry = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let envelope = try Envelope(decoding: Array(try #require(entry["envelope"] as? String).utf8))
      #expect(SHA256.hash(Array(try #require(entry["what"] as? String).utf8)) == envelope.what)
      #expect(SHA256.hash(Array(try #require(entry["who"] as? String).utf8)) == envelope.who)
    }
    let csv = await place.run("audit", "list", "--format", "csv").output.split(separator: "\r\n")
    #expect(csv.count == 6 && csv[0].hasPrefix("seq,t,kind,actor"))
    #expect(await place.run("audit", "list", "--format", "xml").exit == .usage)
    #expect(await place.run("audit", "list", "--since", "yesterday").exit == .usage)
  }

  @Test func `a day as a bound reaches from its beginning to its end`() async throws {
    let place = try await Place()
    func count(_ arguments: String...) async throws -> Int {
      let entries: [Any] = try await Place.run(place.folder.path, ["audit", "list", "--json"] + arguments)
        .json()
      return entries.count
    }
    #expect(try await count("--since", "2500-01-01") == 0)
    #expect(try await count("--until", "2001-01-01") == 0)
    #expect(try await count("--since", "2001-01-01", "--until", "2500-01-01") == 6)
    #expect(try await count("--limit", "2") == 2)
  }

  @Test func `show, subject and checkpoint tell what they say`() async throws {
    let place = try await Place()
    let entry: [String: Any] = try await place.run("audit", "show", "1", "--json").json()
    #expect(entry["action"] as? String == "customer.add" && entry["subject"] as? String == place.id)
    #expect(await place.run("audit", "show", "999").exit == .missing)
    let found: [[String: Any]] = try await place.run("audit", "subject", place.id, "--json").json()
    #expect(found.first?["action"] as? String == "customer.add" && found.first?["via"] as? String == "direct")
    let note = await place.run("audit", "checkpoint")
    #expect(try Checkpoint(parsing: SignedNote(parsing: Array(note.output.utf8)).text).size > 3)
  }

  @Test func `verify says so, for a user, without any, and from a kept checkpoint`() async throws {
    let place = try await Place()
    let kept = try place.folder.file("kept", await place.run("audit", "checkpoint").output)
    for arguments in [
      ["verify"], ["audit", "verify"], ["audit", "verify", "--keyless"],
      ["audit", "verify", "--since", kept],
    ] {
      let verified = await Place.run(place.folder.path, arguments + ["--json"])
      let report: [String: Any] = try verified.json()
      #expect(verified.exit == .done && !verified.tells)
      #expect(report["ok"] as? Bool == true && report["size"] as? Int == report["checked_entries"] as? Int)
      #expect((report["problems"] as? [Any])?.isEmpty == true)
    }
    try FileManager.default.removeItem(atPath: place.file("keys/crm.vkey"))
    #expect(await place.run("audit", "verify", "--keyless").exit == .missing)
  }

  @Test func `a tampered vault is 76, told on both channels and without a value`() async throws {
    let place = try await Place()
    let database = URL(fileURLWithPath: place.file("crm.vault/vault.sqlite"))
    var bytes = try Data(contentsOf: database)
    // The first entry's envelope lies in the clear.
    let found = try #require(bytes.range(of: Data(#""kind":"change""#.utf8)))
    bytes.replaceSubrange(found, with: Data(#""kind":"chance""#.utf8))
    try bytes.write(to: database)
    for arguments in [["verify"], ["audit", "verify"], ["audit", "verify", "--keyless"]] {
      let verified = await Place.run(place.folder.path, arguments + ["--json"])
      let report: [String: Any] = try verified.json()
      #expect(verified.exit == .integrity && !verified.tells)
      #expect(report["ok"] as? Bool == false && (report["problems"] as? [Any])?.isEmpty == false)
      #expect(verified.errors.contains(#""code":"integrity""#))
    }
    #expect(await place.run("audit", "list").exit == .integrity)
  }

  @Test func `a proof comes with the bytes that it proves, and overwrites nothing`() async throws {
    let place = try await Place()
    let out = place.file("proof")
    #expect(await place.run("audit", "prove", "1", "--out", out).exit == .done)
    func bytes(_ suffix: String) throws -> [UInt8] {
      Array(try Data(contentsOf: URL(fileURLWithPath: out + suffix)))
    }
    let envelope = try Envelope(decoding: bytes(".envelope.json"))
    #expect(try SHA256.hash(bytes(".what.json")) == envelope.what)
    #expect(try SHA256.hash(bytes(".who.json")) == envelope.who)
    let text = try String(contentsOfFile: place.file("keys/crm.vkey"), encoding: .utf8)
    let key = try LogVerifierKey(text.trimmingCharacters(in: .newlines))
    try TLogProof(parsing: bytes("")).verify(entry: bytes(".envelope.json"), origin: key.name, keys: [key])
    #expect(await place.run("audit", "prove", "1", "--out", out).exit == .exists)
    let shareable = place.file("public")
    #expect(await place.run("audit", "prove", "1", "--out", shareable, "--role", "agent").exit == .done)
    #expect(!FileManager.default.fileExists(atPath: shareable + ".what.json"))
  }

  @Test func `what is published verifies with the log's key alone`() async throws {
    let place = try await Place()
    let folder = place.file("published")
    #expect(await place.run("audit", "publish", folder, "--role", "custodian").exit == .done)
    let text = try String(contentsOfFile: place.file("keys/crm.vkey"), encoding: .utf8)
    let key = try LogVerifierKey(text.trimmingCharacters(in: .newlines))
    #expect(try TileDirectory(path: folder).check(keys: [key], origin: key.name).size == 3)
  }
}

/// A scratch folder that can be shared.
final class ScratchFolder: Sendable {
  private let scratch: Scratch
  let path: String

  init() throws {
    scratch = try Scratch()
    path = scratch.path
  }

  func file(_ name: String, _ text: String) throws -> String { try scratch.file(name, text) }
}
