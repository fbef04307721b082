import AuditLog
import Sodium
import Testing

@testable import Vault

/// A governance chain under a test's hand: everybody's secret keys, and a clock.
struct ChainBench {
  let custodian = SecretIdentity.generate(name: "owner")
  let agent = SecretIdentity.generate(name: "agnes")
  let newcomer = SecretIdentity.generate(name: "newt")
  var governance: Governance
  var seconds: UInt64 = 1_700_000_000

  init() throws {
    let owner = custodian.keyID
    let role = SealedBox.KeyPair.generate().publicKey
    let commitments = Dictionary(uniqueKeysWithValues: KeyKind.committed.map { ($0.name, SHA256.hash([1])) })
    var members = Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0, [owner]) })
    members[.agent] = [agent.keyID]
    let genesis = Statement.Genesis(
      nonce: SecureRandom.bytes(32), settings: VaultSettings(name: "crm", currency: "CNY", zone: "UTC"),
      users: [Statement.Member(custodian.identity), Statement.Member(agent.identity)], members: members,
      roleKeys: Dictionary(uniqueKeysWithValues: Role.allCases.map { ($0, role) }), commitments: commitments,
      auditKey: role, logKey: custodian.identity.signingKey, policy: SHA256.hash([2]),
      warden: SecureRandom.bytes(16))
    governance = try Governance(
      genesis: try Statement.sign(
        .genesis(genesis), by: custodian, time: LogTime(nanoseconds: seconds * 1_000_000_000),
        previous: LogVerifier.noStatement, vault: nil))
  }

  var time: LogTime { LogTime(nanoseconds: seconds * 1_000_000_000) }
  var soon: LogTime { LogTime(nanoseconds: (seconds + 3600) * 1_000_000_000) }

  func sign(_ content: Statement.Content, by signer: SecretIdentity) throws -> Statement {
    try Statement.sign(
      content, by: signer, time: time, previous: governance.head, vault: governance.vaultID)
  }

  /// Says something, and takes it in if it may be said.
  @discardableResult
  mutating func say(_ content: Statement.Content, by signer: SecretIdentity) throws -> Statement {
    let statement = try sign(content, by: signer)
    try governance.apply(statement, at: UInt64(governance.count))
    return statement
  }

  func code(_ content: Statement.Content, by signer: SecretIdentity) throws -> VaultError.Code? {
    try code(sign(content, by: signer))
  }

  func code(_ statement: Statement) -> VaultError.Code? {
    var copy = governance
    do {
      try copy.apply(statement, at: UInt64(copy.count))
      return nil
    } catch {
      return error.code
    }
  }

  /// A newcomer who is enrolled and was granted the agent's role.
  mutating func granted() throws -> Statement {
    try say(.addUser(Statement.Member(newcomer.identity)), by: custodian)
    return try say(.grantRole(user: newcomer.keyID, role: .agent, expires: soon), by: custodian)
  }
}

@Suite struct GovernanceTests {
  @Test func `only a custodian enrols, grants, revokes, removes and applies a policy`() throws {
    var bench = try ChainBench()
    let contents: [Statement.Content] = [
      .addUser(Statement.Member(bench.newcomer.identity)),
      .grantRole(user: bench.agent.keyID, role: .steward, expires: bench.soon),
      .removeUser(bench.custodian.keyID), .revokeRole(user: bench.custodian.keyID, role: .auditor),
      .applyPolicy(hash: SHA256.hash([3]), clearance: .unapproved),
    ]
    for content in contents {
      #expect(try bench.code(content, by: bench.agent) == .integrity)
      #expect(try bench.code(content, by: bench.newcomer) == .integrity)
    }
    #expect(try bench.code(contents[0], by: bench.custodian) == nil)
    try bench.say(contents[0], by: bench.custodian)
    #expect(bench.governance.roles(of: bench.newcomer.keyID).isEmpty)
  }

  @Test func `a grant is nothing until a member confirms that very grant`() throws {
    var bench = try ChainBench()
    let grant = try bench.granted()
    func confirm(_ hash: Digest32, _ role: Role = .agent, epoch: UInt32 = 1) -> Statement.Content {
      .confirmRole(grant: hash, user: bench.newcomer.keyID, role: role, epoch: epoch)
    }
    #expect(bench.governance.roles(of: bench.newcomer.keyID).isEmpty)
    for signer in [bench.custodian, bench.newcomer] {
      #expect(try bench.code(confirm(grant.hash), by: signer) == .integrity)
    }
    #expect(try bench.code(confirm(SHA256.hash([9])), by: bench.agent) == .integrity)
    #expect(try bench.code(confirm(grant.hash, .steward), by: bench.agent) == .integrity)
    #expect(try bench.code(confirm(grant.hash, epoch: 2), by: bench.agent) == .integrity)
    try bench.say(confirm(grant.hash), by: bench.agent)
    #expect(bench.governance.roles(of: bench.newcomer.keyID) == [.agent])
    #expect(try bench.code(confirm(grant.hash), by: bench.agent) == .integrity)
  }

  @Test func `a grant that has expired, was replaced or lost its user is not confirmed`() throws {
    for attack in 0..<3 {
      var bench = try ChainBench()
      let grant = try bench.granted()
      switch attack {
      case 0: bench.seconds += 3601
      case 1:
        try bench.say(
          .grantRole(user: bench.newcomer.keyID, role: .agent, expires: bench.soon), by: bench.custodian)
      default:
        try bench.say(.removeUser(bench.newcomer.keyID), by: bench.custodian)
        try bench.say(.addUser(Statement.Member(bench.newcomer.identity)), by: bench.custodian)
      }
      let confirm = Statement.Content.confirmRole(
        grant: grant.hash, user: bench.newcomer.keyID, role: .agent, epoch: 1)
      #expect(try bench.code(confirm, by: bench.agent) == .integrity, "attack \(attack)")
    }
  }

  @Test func `a grant waits for 14 days at most`() throws {
    let bench = try ChainBench()
    let limit = LogTime(nanoseconds: bench.time.nanoseconds + Governance.grantLifetime)
    let beyond = LogTime(nanoseconds: limit.nanoseconds + 1)
    func grant(_ expires: LogTime) -> Statement.Content {
      .grantRole(user: bench.agent.keyID, role: .steward, expires: expires)
    }
    #expect(try bench.code(grant(limit), by: bench.custodian) == nil)
    #expect(try bench.code(grant(beyond), by: bench.custodian) == .integrity)
  }

  @Test func `a statement belongs to its vault, its place and its signer`() throws {
    var bench = try ChainBench()
    let other = try ChainBench()
    let content = Statement.Content.addUser(Statement.Member(bench.newcomer.identity))
    let foreign = try Statement.sign(
      content, by: bench.custodian, time: bench.time, previous: bench.governance.head,
      vault: other.governance.vaultID)
    #expect(bench.code(foreign) == .integrity)
    let good = try bench.sign(content, by: bench.custodian)
    for (member, value) in [
      ("by", bench.agent.keyID.description), ("t", "2030-01-01T00:00:00.000000000Z"),
      ("prev", Base64.encode([UInt8](repeating: 0, count: 32))),
      ("sig", Base64.encode([UInt8](repeating: 0, count: 64))),
    ] {
      guard case .object(var members) = good.json else { return }
      members[member] = .string(value)
      #expect(bench.code(try Statement(.object(members))) == .integrity, "\(member)")
    }
    guard case .object(var members) = good.json else { return }
    members["also"] = .bool(true)
    #expect(throws: VaultError(.integrity, "")) { _ = try Statement(.object(members)) }
    try bench.governance.apply(good, at: UInt64(bench.governance.count))
    #expect(bench.code(good) == .integrity)
  }

  @Test func `the last member of a role cannot be taken away`() throws {
    var bench = try ChainBench()
    #expect(
      try bench.code(.revokeRole(user: bench.agent.keyID, role: .agent), by: bench.custodian) == .notPermitted
    )
    #expect(try bench.code(.removeUser(bench.agent.keyID), by: bench.custodian) == .notPermitted)
    let grant = try bench.granted()
    try bench.say(
      .confirmRole(grant: grant.hash, user: bench.newcomer.keyID, role: .agent, epoch: 1), by: bench.agent)
    try bench.say(.removeUser(bench.agent.keyID), by: bench.custodian)
    #expect(bench.governance.activeUser(bench.agent.keyID) == nil)
    // Who is removed says nothing more.
    #expect(try bench.code(.addUser(Statement.Member(bench.agent.identity)), by: bench.agent) == .integrity)
  }

  @Test func `a statement of an unknown type makes the vault unreadable to this program`() throws {
    let bench = try ChainBench()
    let good = try bench.sign(.removeUser(bench.agent.keyID), by: bench.custodian)
    guard case .object(var members) = good.json else { return }
    members["type"] = .string("key.rotate")
    #expect(throws: VaultError(.configuration, "")) { _ = try Statement(.object(members)) }
  }
}
