import AuditLog
import Sodium
import Testing
import VaultTesting

@testable import Vault
@testable import crmvault

/// Whoever owns the disk, or has one role and writes a program of their own, gains nothing over people and policy.
@Suite struct HostileVaultTests {
  private func expectIntegrity(_ bench: CommandBench, _ comment: Comment? = nil) async {
    for (user, command) in [("sam", ["user", "list"]), ("owner", ["role", "grant", "anna", "agent"])] {
      #expect(await bench.run(command, as: user).exit == .integrity, comment)
    }
  }

  private func seq(_ row: Row) -> UInt64? {
    guard case .integer(let seq) = row.values[0] else { return nil }
    return UInt64(seq)
  }

  /// Puts another statement into the envelope of an entry, all else as it was.
  private func rewrite(
    _ hand: HostileHand, _ seq: UInt64, _ change: (JSONObject) throws -> JSONObject
  ) throws {
    try hand.write { writer in
      let row = try #require(try writer.row(Schema.entry, key: [.integer(Int64(seq))]))
      guard case .blob(let bytes) = row.values[3] else { return }
      var envelope = try Envelope(decoding: bytes)
      guard case .object(let members) = try #require(envelope.statement) else { return }
      envelope.statement = .object(try change(members))
      var changed = row
      changed.values[3] = .blob(try envelope.encoded())
      try writer.update(Schema.entry, changed)
    }
  }

  @Test func `a person whom no statement enrolled is tampering`() async throws {
    let bench = try await CommandBench.make()
    let hand = try HostileHand(bench)
    let newt = try hand.keyring.publicIdentity("newt")
    try hand.write { try $0.insert(Schema.person, PeopleRows.row(newt)) }
    await expectIntegrity(bench)
    #expect(await bench.run("whoami", as: "newt").exit == .notPermitted)
  }

  @Test func `a person who is taken out of the list, or has somebody else's name or key, is tampering`()
    async throws
  {
    for attack in 0..<3 {
      let bench = try await CommandBench.make()
      let hand = try HostileHand(bench)
      let people = try hand.rows(Schema.person)
      try hand.write { writer in
        switch attack {
        case 0: try writer.delete(Schema.person, key: [people[0].values[0]])
        case 1:
          var changed = people[0]
          changed.values[1] = people[1].values[1]
          try writer.update(Schema.person, changed)
        default:
          var changed = people[0]
          changed.values[3] = people[1].values[3]
          try writer.update(Schema.person, changed)
        }
      }
      await expectIntegrity(bench, "attack \(attack)")
    }
  }

  @Test func `a role's key that somebody leaked to a user makes no member of that user`() async throws {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    #expect(await bench.admitCustodian("newt"))
    let hand = try HostileHand(bench)
    let agnes = try hand.identity("agnes")
    let newt = try hand.keyring.publicIdentity("newt")
    try hand.write { writer in
      let governance = try VerifiedLog(writer, remembered: []).governance
      let pair = try KeyChain(identity: agnes, governance: governance).rolePair(.agent, writer)
      let row = try pair.pair.secret.withBytes {
        try KeyChain.row(
          $0, kind: .role(.agent), vault: governance.vaultID, to: newt.boxKey, recipient: newt.keyID.bytes)
      }
      try writer.insert(Schema.grant, row)
    }
    #expect(await bench.run("customer", "show", id, as: "newt").exit == .notPermitted)
    #expect(await bench.run("customer", "show", id, "--role", "agent", as: "newt").exit == .notPermitted)
  }

  @Test func `a planted key is not the one that the chain names`() async throws {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    let hand = try HostileHand(bench)
    try hand.write { writer in
      let governance = try VerifiedLog(writer, remembered: []).governance
      let role = try #require(governance.roleKey(.agent))
      let planted = Key<ClassKeyPurpose>.random()
      let row = try planted.withBytes {
        try KeyChain.row(
          $0, kind: .dataClass(.identity), vault: governance.vaultID, to: role,
          recipient: [Role.agent.rawValue])
      }
      try writer.update(Schema.grant, row)
    }
    #expect(await bench.run("customer", "show", id, as: "agnes").exit == .integrity)
    #expect(await bench.run("customer", "show", id, as: "sam").exit == .done)
  }

  @Test func `a statement that is rewritten, or signed by somebody who may not, is refused`() async throws {
    for attack in 0..<3 {
      let bench = try await CommandBench.make()
      #expect(await bench.run("user", "add", "newt", "--role", "agent").exit == .done)
      let hand = try HostileHand(bench)
      let governance = try hand.governance()
      let newest = try #require(try hand.rows(Schema.statement).last.flatMap { seq($0) })
      let agnes = try hand.identity("agnes")
      try rewrite(hand, newest) { members in
        var members = members
        switch attack {
        case 0: members["role"] = .string("steward")
        case 1: members["by"] = .string(agnes.keyID.description)
        default:
          // A member of the role who grants what only a custodian may.
          let previous = try #require(
            members["prev"]?.string.flatMap { try? Base64.decode($0) }.flatMap { Digest32($0) })
          let time = try LogTime(try #require(members["t"]?.string))
          let newt = try hand.keyring.publicIdentity("newt")
          let forged = try Statement.sign(
            .grantRole(user: newt.keyID, role: .steward, expires: time), by: agnes, time: time,
            previous: previous, vault: governance.vaultID)
          guard case .object(let object) = forged.json else { return members }
          return object
        }
        return members
      }
      await expectIntegrity(bench, "attack \(attack)")
    }
  }

  @Test func `a statement that is hidden, or listed twice, is missed`() async throws {
    for attack in 0..<2 {
      let bench = try await CommandBench.make()
      #expect(await bench.admitCustodian("newt"))
      #expect(await bench.run("role", "revoke", "newt", "custodian", "--yes").exit == .done)
      let hand = try HostileHand(bench)
      let newest = try #require(try hand.rows(Schema.statement).last)
      try hand.write { writer in
        if attack == 0 {
          try writer.delete(Schema.statement, key: newest.values)
        } else {
          try writer.insert(Schema.statement, Row([.integer(Int64(try #require(seq(newest))) + 1)]))
        }
      }
      await expectIntegrity(bench, "attack \(attack)")
      #expect(await bench.run("user", "list", as: "newt").exit == .integrity)
    }
  }

  @Test func `a policy text that was not signed in is refused`() async throws {
    let bench = try await CommandBench.make()
    let hand = try HostileHand(bench)
    let row = try #require(try hand.rows(Schema.policy).first)
    try hand.write { writer in
      var changed = row
      changed.values[1] = .text(Policy.template.replacing("rule: consent", with: "rule: none"))
      try writer.update(Schema.policy, changed)
    }
    await expectIntegrity(bench)
    try hand.write { try $0.delete(Schema.policy, key: [row.values[0]]) }
    await expectIntegrity(bench)
  }

  @Test func `a removed user's old copy of the vault is refused by everybody who saw a newer one`()
    async throws
  {
    let bench = try await CommandBench.make()
    let hand = try HostileHand(bench)
    let before = try Schema.tables.map { ($0, try hand.rows($0)) }
    #expect(await bench.admitCustodian("newt"))
    try hand.write { writer in
      for (table, rows) in before {
        var current: [Row] = []
        try writer.scan(table, prefix: [], range: nil, descending: false) {
          current.append($0)
          return true
        }
        for row in current { try writer.delete(table, key: Array(row.values.prefix(table.keyCount))) }
        for row in rows { try writer.insert(table, row) }
      }
    }
    await expectIntegrity(bench)
  }
}

extension CommandBench {
  /// Enrols somebody as a further custodian, as the privacy officer approves.
  func admitCustodian(_ name: String) async -> Bool {
    let asked = await run("request", "create", "custodian", name)
    let approved = await run("request", "approve", "1", as: "paul")
    let added = await run("user", "add", name, "--role", "custodian")
    return [asked.exit, approved.exit, added.exit] == [.done, .done, .done]
  }
}
