import AuditLog
import Foundation
import Sodium
import Testing

@testable import crmvault

/// What leaves the vault, and the command that checks it where there is none.
@Suite struct EvidenceCommandTests {
  typealias Place = AuditCommandTests.Place

  /// Runs verify-proof with the log's public key and nothing else: no vault, no keyring, no state.
  private func verify(_ place: Place, _ files: String..., json: Bool = true) async
    -> AuditCommandTests.Outcome
  {
    let console = Console.inMemory(environment: [:])
    let arguments =
      ["audit", "verify-proof"] + files + ["--vkey", place.file("keys/crm.vkey")] + (json ? ["--json"] : [])
    let exit = await CommandLineRun.run(Crmvault.self, arguments: arguments, on: console)
    return AuditCommandTests.Outcome(exit: exit, output: console.output.text, errors: console.errors.text)
  }

  private func files(_ outcome: AuditCommandTests.Outcome) throws -> [[String: Any]] {
    let json: [String: Any] = try outcome.json()
    return try #require(json["files"] as? [[String: Any]])
  }

  @Test func `a proof is checked with what lies beside it, and a changed part is 76`() async throws {
    let place = try await Place()
    let out = place.file("entry")
    #expect(await place.run("audit", "prove", "1", "--out", out).exit == .done)
    let good = await verify(place, out)
    #expect(good.exit == .done && !good.tells)
    let file = try #require(files(good).first)
    #expect(file["kind"] as? String == "entry" && file["seq"] as? Int == 1)
    #expect(file["subject"] as? String == place.id && file["actor"] as? String == "owner")
    try FileManager.default.removeItem(atPath: out + ".who.json")
    #expect(try files(await verify(place, out)).first?["actor"] == nil)
    try Data("{}".utf8).write(to: URL(fileURLWithPath: out + ".what.json"))
    let bad = await verify(place, out)
    #expect(bad.exit == .integrity && bad.errors.contains(#""code":"integrity""#))
    #expect(try files(bad).first?["ok"] as? Bool == false)
    #expect(await verify(place, place.file("nothing")).exit == .missing)
    #expect(await verify(place, place.file("pw")).exit == .integrity)
    #expect(await place.run("audit", "verify-proof", out, "--vkey", place.file("no.vkey")).exit == .missing)
  }

  @Test func `the customer's form has dates and purposes, proofs that verify, and nobody's name`()
    async throws
  {
    let place = try await Place()
    let folder = place.file("accesses")
    let shown = await place.run("audit", "subject", place.id, "--for-subject", "--proofs", folder, "--json")
    #expect(shown.exit == .done && !shown.tells && !shown.output.contains("owner"))
    let accesses: [[String: Any]] = try shown.json()
    #expect(accesses.first?["purpose"] as? String == "service" && accesses.first?["actor"] == nil)
    let text = await place.run("audit", "subject", place.id, "--for-subject").output
    #expect(!text.contains("owner") && text.contains("service"))
    let checked = await verify(place, folder)
    #expect(checked.exit == .done)
    #expect(try files(checked).count == accesses.count + 1)
    #expect(try files(checked).contains { $0["customer"] as? String == place.id })
    #expect(await verify(place, folder, json: false).output.contains("it enrolled \(place.id)"))
    #expect(
      await place.run("audit", "subject", place.id, "--proofs", folder).exit == .exists)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(!names.contains { $0.hasSuffix(".who.json") })
  }

  @Test func `a published log and a package verify, and neither with another log's key`() async throws {
    let place = try await Place()
    let kept = try place.folder.file("kept", await place.run("audit", "checkpoint").output)
    let (folder, package) = (place.file("published"), place.file("package.tar"))
    #expect(await place.run("audit", "publish", folder).exit == .done)
    let arguments = ["audit", "package", "--since", "2001-01-01", "--until", "2500-01-01", "--out"]
    let made = await Place.run(place.folder.path, arguments + [package, "--json"])
    #expect(made.exit == .done && !made.tells)
    let facts: [String: Any] = try made.json()
    let good = await verify(place, folder, package, "--since", kept)
    #expect(good.exit == .done)
    #expect(try files(good).map { $0["kind"] as? String } == ["log", "package"])
    #expect(try files(good).map { $0["checked_entries"] as? Int } == [3, facts["count"] as? Int])
    #expect(await Place.run(place.folder.path, arguments + [package]).exit == .exists)
    let denied = await Place.run(place.folder.path, arguments + [place.file("no.tar"), "--role", "agent"])
    #expect(denied.exit == .notPermitted && !FileManager.default.fileExists(atPath: place.file("no.tar")))
    let other = try await Place()
    #expect(await verify(other, folder).exit == .integrity)
    #expect(await verify(other, package).exit == .integrity)
    // A log that is older than what was kept.
    let longer = try place.folder.file("longer", await place.run("audit", "checkpoint").output)
    #expect(await verify(place, folder, "--since", longer).exit == .integrity)
  }

  @Test func `a sample is the same with a vault and without`() async throws {
    let place = try await Place()
    let head = try place.folder.file("head", await place.run("audit", "checkpoint").output)
    let shown: [[String: Any]] = try await place.run(
      "audit", "sample", "--nonce", "dice", "--size", "2", "--at", head, "--json"
    ).json()
    let drawn: [String: Any] = try await place.run(
      "audit", "sample", "--nonce", "dice", "--size", "2", "--at", head, "--numbers", "--json"
    ).json()
    #expect(shown.compactMap { $0["seq"] as? Int } == drawn["sample"] as? [Int])
    #expect(drawn["count"] as? Int == 3)
    for arguments in [["--size", "0"], ["--size", "99"], ["--size", "2", "--vkey", "x"]] {
      let outcome = await Place.run(
        place.folder.path, ["audit", "sample", "--nonce", "dice", "--at", head] + arguments)
      #expect(outcome.exit == .usage, "\(arguments)")
    }
    let forged = try place.folder.file(
      "forged", try String(contentsOfFile: head, encoding: .utf8).replacing("\n3\n", with: "\n2\n"))
    #expect(
      await place.run("audit", "sample", "--nonce", "dice", "--size", "1", "--at", forged).exit == .integrity)
  }
}
