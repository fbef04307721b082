import Foundation
import Sodium
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault
@testable import VaultSQLite

@Suite("Attacks on a restore")
struct RestoreAttackTests {
  private func restoration(
    _ scene: RestoreScene, _ request: RestoreRequest, _ approval: RestoreApproval?
  ) -> Restoration {
    Restoration(
      backup: request.backup, origin: request.origin, size: request.size, root: request.root,
      newer: request.newer,
      request: request, approval: approval)
  }

  /// Whether the chain and every verifier refuse a statement that somebody wrote with another program.
  private func isRefused(
    _ scene: RestoreScene, _ restoration: Restoration, by identity: SecretIdentity? = nil
  ) async throws -> Bool {
    let store = try scene.unpacked()
    try scene.state(restoration, in: store, by: identity)
    let report = try await Session.verifyLog(in: store, LogAnchor(), workers: 1)
    let opens = (try? store.read { try VerifiedLog($0, remembered: []) }) != nil
    #expect(report.isOK == opens)
    return !report.isOK && !opens
  }

  @Test("an old vault in place of a newer one is refused without the statement")
  func putBack() async throws {
    let scene = try RestoreScene()
    try scene.goOn()
    let store = try scene.unpacked()
    #expect(throws: VaultError(.integrity, "")) { _ = try scene.session(on: store).standing() }
    // Continued under the old name, longer than what was seen.
    try scene.commit((0..<30).map { _ in EntryDraft(.log, "audit.read") }, in: store)
    #expect(throws: VaultError(.integrity, "")) { _ = try scene.session(on: store).standing() }
  }

  @Test("without approval, by one's own, with another request's, an expired or a stranger's one: refused")
  func approvals() async throws {
    let scene = try RestoreScene()
    try scene.goOn()
    let owner = scene.vault.sample.owner
    let request = try scene.request()
    #expect(throws: VaultError(.approvalRequired, "")) { try scene.restore(request, nil) }
    #expect(throws: VaultError(.notPermitted, "")) { try scene.approve(request, by: owner) }
    let own = try forged(request, by: owner, scene)
    let stranger = try scene.approve(request, by: SecretIdentity.generate(name: "mallory"))
    let agents = try scene.approve(request, by: scene.agent)
    let other = try scene.approve(scene.request())
    for approval in [own, stranger, agents, other] {
      #expect(throws: VaultError(.notPermitted, "")) { try scene.restore(request, approval) }
      #expect(try await isRefused(scene, restoration(scene, request, approval)))
    }
    #expect(try await isRefused(scene, restoration(scene, request, nil)))
    let good = try scene.approve(request)
    #expect(try await !isRefused(scene, restoration(scene, request, good)))
    // Longer than 30 days, and after its end.
    let long = try forged(request, by: scene.officer, scene, days: 31)
    #expect(try await isRefused(scene, restoration(scene, request, long)))
    scene.vault.clock.move(days: 8)
    #expect(throws: VaultError(.notPermitted, "")) { try scene.restore(request, good) }
    #expect(try await isRefused(scene, restoration(scene, request, good)))
  }

  /// An approval that this program would not sign.
  private func forged(
    _ request: RestoreRequest, by identity: SecretIdentity, _ scene: RestoreScene, days: UInt64 = 7
  ) throws -> RestoreApproval {
    let time = scene.vault.clock.now()
    var members: JSONObject = [
      "v": .integer(1), "t": .string(time.description), "by": .string(identity.keyID.description),
      "request": .string(Base64.encode(request.hash.bytes)),
      "expires": .string(LogTime(nanoseconds: time.nanoseconds + days * 86_400_000_000_000).description),
    ]
    let message = try SignedText.message("crmvault/restore-approval/v1", members, request.vaultID)
    members["sig"] = .string(Base64.encode(identity.signing.sign(message.span)))
    return try RestoreApproval(.object(members))
  }

  @Test("an approval counts for one backup, one request and one restore")
  func replayed() async throws {
    let scene = try RestoreScene()
    try scene.goOn()
    let second = try scene.vault.backUp("second")
    let request = try scene.request()
    let approval = try scene.approve(request)
    // Another backup than was asked for.
    #expect(throws: VaultError(.notPermitted, "")) { try scene.restore(request, approval, of: "second") }
    let elsewhere = Restoration(
      backup: second.digest, origin: 2, size: second.head.size, root: second.head.root, newer: nil,
      request: request, approval: approval)
    let store = try scene.unpacked("second")
    try scene.state(elsewhere, in: store)
    #expect(throws: VaultError(.integrity, "")) { try store.read { try VerifiedLog($0, remembered: []) } }
    // A second time.
    let (restored, outcome) = try scene.restore(request, approval)
    try scene.vault.sample.warden.remember(outcome.head)
    _ = try scene.session(on: restored, memory: true).standing()
    #expect(throws: VaultError(.notPermitted, "")) { try scene.restore(request, approval) }
    // With another program: a second branch of the same name is a rollback for warden and machines.
    let branch = try scene.unpacked()
    try scene.state(restoration(scene, request, approval), in: branch)
    #expect(throws: VaultError(.integrity, "")) { _ = try scene.session(on: branch).standing() }
    #expect(throws: VaultError(.integrity, "")) { _ = try scene.session(on: branch, memory: true).standing() }
    // The request is who asked's, and nobody else's.
    let next = try scene.request()
    #expect(throws: VaultError(.notPermitted, "")) {
      try scene.restore(next, scene.approve(next), by: scene.officer)
    }
  }

  @Test("a statement by somebody who is no custodian, or that does not fit the log, is refused everywhere")
  func statements() async throws {
    let scene = try RestoreScene()
    try scene.goOn()
    let officers = try scene.request(by: scene.officer)
    let theirs = try forged(officers, by: scene.vault.sample.owner, scene)
    #expect(try await isRefused(scene, restoration(scene, officers, theirs), by: scene.officer))
    let request = try scene.request()
    let approval = try scene.approve(request)
    let good = restoration(scene, request, approval)
    #expect(try await isRefused(scene, good, by: scene.officer))
    for (origin, size, root) in [
      (request.origin + 1, request.size, request.root), (request.origin, request.size - 1, request.root),
      (request.origin, request.size, SHA256.hash([1])),
    ] {
      let bad = Restoration(
        backup: request.backup, origin: origin, size: size, root: root, newer: nil, request: request,
        approval: approval)
      #expect(try await isRefused(scene, bad))
    }
    // Behind other entries: the log would go on from something that nobody approved.
    let store = try scene.unpacked()
    try scene.commit([EntryDraft(.log, "audit.read")], in: store)
    try scene.state(good, in: store)
    #expect(throws: VaultError(.integrity, "")) { try store.read { try VerifiedLog($0, remembered: []) } }
    #expect(
      try await codes(Session.verifyLog(in: store, LogAnchor(), workers: 1)).isSuperset(of: ["restore"]))
  }

  @Test("a restore over another log than the one that was seen is a fork, also where the sizes agree")
  func fork() async throws {
    let scene = try RestoreScene()
    try scene.goOn()
    let request = try scene.request()
    let seen = try #require(try scene.vault.sample.warden.head())
    let lie = LogRestoration.Head(origin: 1, size: seen.size, root: SHA256.hash([9]))
    let store = try scene.unpacked()
    try scene.state(
      Restoration(
        backup: request.backup, origin: 2, size: request.size, root: request.root, newer: lie,
        request: request,
        approval: scene.approve(request)), in: store)
    #expect(throws: VaultError(.integrity, "")) { _ = try scene.session(on: store).standing() }
    var anchor = LogAnchor()
    anchor.warden = scene.vault.sample.warden
    #expect(try await codes(Session.verifyLog(in: store, anchor, workers: 1)).contains("rollback"))
  }

  @Test("who was removed since, or approves and was, restores nothing where the newer log is at hand")
  func removed() async throws {
    let scene = try RestoreScene()
    let second = SecretIdentity.generate(name: "carla")
    try scene.vault.sample.approved(by: scene.officer, clock: scene.vault.clock) {
      _ = try scene.vault.session().addUser(second.identity, roles: [.custodian, .privacyOfficer])
    }
    try scene.vault.backUp("both")
    try scene.vault.sample.approved(by: second, clock: scene.vault.clock) {
      _ = try scene.vault.session().removeUser("carla")
    }
    try scene.goOn()
    let newer = try await NewerLog.stored(
      scene.vault.store, continuing: scene.vault.file("both").header, workers: 1)
    let hers = try scene.request("both", by: second)
    #expect(throws: VaultError(.notPermitted, "")) {
      try scene.restore(hers, scene.approve(hers), of: "both", newer: newer, by: second)
    }
    let request = try scene.request("both")
    #expect(throws: VaultError(.notPermitted, "")) {
      try scene.restore(request, scene.approve(request, by: second), of: "both", newer: newer)
    }
    #expect(throws: Never.self) { try scene.restore(request, scene.approve(request), of: "both", newer: newer) }
  }

  @Test("a newer log of another vault, or one that does not continue the backup, is refused")
  func otherNewer() async throws {
    let scene = try RestoreScene()
    try scene.goOn()
    let other = try BackedUpVault()
    try other.backUp()
    let header = try scene.vault.file().header
    await #expect(throws: VaultError(.integrity, "")) {
      _ = try await NewerLog.stored(other.store, continuing: header, workers: 1)
    }
    let (branch, _) = try scene.restored()
    try scene.vault.backUp("branch", scene.session(on: branch))
    let header2 = try scene.vault.file("branch").header
    await #expect(throws: VaultError(.integrity, "")) {
      _ = try await NewerLog.stored(scene.vault.store, continuing: header2, workers: 1)
    }
  }

  @Test("requests and approvals that were changed are refused")
  func changedPapers() throws {
    let scene = try RestoreScene()
    let request = try scene.request()
    #expect(request.isSigned)
    for key in ["name", "size", "origin", "created", "backup"] {
      guard case .object(var members) = request.json else { return }
      switch key {
      case "origin": members[key] = .integer(9)
      case "size": members[key] = "1"
      case "backup": members[key] = .string(Base64.encode(SHA256.hash([1]).bytes))
      case "created": members[key] = .string(LogTime(nanoseconds: 5).description)
      default: members[key] = "somebody"
      }
      let changed = try RestoreRequest(.object(members))
      #expect(!changed.isSigned)
      #expect(throws: VaultError(.integrity, "")) { try scene.approve(changed) }
    }
    guard case .object(var members) = request.json else { return }
    members["extra"] = 1
    #expect(throws: VaultError(.integrity, "")) { try RestoreRequest(.object(members)) }
  }
}
