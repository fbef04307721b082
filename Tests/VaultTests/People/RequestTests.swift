import AuditLog
import Sodium
import Testing
import VaultTesting

@testable import Vault

/// Requests and approvals on a whole vault.
@Suite struct RequestTests {
  private let store = InMemoryStore()
  private let vault: SampleVault
  private let clock = MovedClock()

  init() throws { vault = try SampleVault(in: store, clock: clock) }

  private func changed(_ name: String) throws -> Policy {
    try Policy(parsing: Policy.template.replacing("name: default", with: "name: \(name)"))
  }

  private func session(_ user: SecretIdentity? = nil) -> Session {
    vault.session(of: user ?? vault.owner, clock: clock)
  }

  private func failure<Value>(_ body: () throws -> Value) -> VaultError? {
    do { _ = try body() } catch { return error as? VaultError }
    return nil
  }

  private func required(_ policy: Policy) throws -> Int64 {
    let error = try #require(failure { try session().applyPolicy(policy) })
    #expect(error.code == .approvalRequired)
    return try #require(error.request)
  }

  private func isWhole() async throws -> Bool {
    try await session().verifyVault(LogAnchor(), isDeep: false, purpose: nil, workers: 1).isOK
  }

  @Test func `who is alone does sensitive things, and they are flagged`() throws {
    try session().applyPolicy(changed("alone"))
    #expect(try session().policy().name == "alone")
    let flags = try session().flags().flags
    #expect(flags.contains { $0.rule == .unapproved })
  }

  @Test func `a request is approved, used once, and shown as what it is at every step`() throws {
    let pia = try vault.enrol("pia", [.privacyOfficer])
    let policy = try changed("second")
    let number = try required(policy)
    #expect(try required(policy) == number, "the same thing is not asked for twice")
    let asked = try session(pia).request(number: number)
    #expect(asked.state == .open)
    #expect(asked.requester == "owner")
    #expect(asked.request?.text == policy.text)
    #expect(asked.mayAnswer == ["pia"])
    _ = try session(pia).answer(number, .approved, days: nil)
    #expect(try session().request(number: number).state == .approved)
    try session().applyPolicy(policy)
    #expect(try session().request(number: number).state == .used)
    #expect(try session().policy().name == "second")
    try vault.approved(by: pia, clock: clock) {
      try vault.session(of: vault.owner, clock: clock).applyPolicy(changed("third"))
    }
    // Back to the policy of before: the approval that led to it is spent.
    #expect(try required(policy) != number)
  }

  @Test func `nobody answers his own request, and nobody answers whom it does not concern`() throws {
    let pia = try vault.enrol("pia", [.privacyOfficer])
    let adam = try vault.enrol("adam", [.agent, .auditor])
    let number = try required(changed("own"))
    #expect(failure { try session().answer(number, .approved, days: nil) }?.code == .notPermitted)
    #expect(failure { try session(adam).answer(number, .approved, days: nil) }?.code == .notPermitted)
    #expect(failure { try session(adam).answer(number, .denied, days: nil) }?.code == .notPermitted)
    var query = LogQuery()
    query.outcome = "denied"
    var refused: [String] = []
    try session().readLog(query) { refused.append($0.who.actor) }
    #expect(refused == ["owner", "adam", "adam"])
    #expect(try session(adam).request(number: number).request == nil, "sealed to those whom it concerns")
    _ = try session(pia).answer(number, .denied, days: nil)
    #expect(failure { try session(pia).answer(number, .approved, days: nil) }?.code == .exists)
    #expect(try required(changed("own")) != number, "a denied request gives nothing")
  }

  @Test func `an approval is for what was asked, in time, and not of a denied request`() throws {
    let pia = try vault.enrol("pia", [.privacyOfficer])
    let number = try required(changed("narrow"))
    _ = try session(pia).answer(number, .approved, days: 1)
    #expect(try required(changed("wider")) != number)
    clock.move(days: 2)
    #expect(try session().request(number: number).state == .expired)
    #expect(try required(changed("narrow")) != number)
  }

  @Test func `a further custodian needs the privacy officer, by enrolment as by grant`() throws {
    let pia = try vault.enrol("pia", [.privacyOfficer])
    let carol = SecretIdentity.generate(name: "carol")
    let error = failure { try session().addUser(carol.identity, roles: [.custodian]) }
    let number = try #require(error?.request)
    #expect(try session().users().contains { $0.name == "carol" } == false)
    _ = try session(pia).answer(number, .approved, days: nil)
    _ = try session().addUser(carol.identity, roles: [.custodian])
    #expect(try session().users().first { $0.name == "carol" }?.roles == [.custodian])
    // A privacy officer's own request is a custodian's to answer.
    let need = ApprovalNeed(.reidentification, ["release": "R-1"], as: .privacyOfficer)
    let asked = try session(pia).request(need, note: "a recall")
    #expect(try session(pia).request(number: asked).mayAnswer == ["carol", "owner"])
    #expect(failure { try session(pia).answer(asked, .approved, days: nil) }?.code == .notPermitted)
    _ = try session(carol).answer(asked, .approved, days: nil)
  }

  @Test func `the last other approver leaves by agreement`() throws {
    let pia = try vault.enrol("pia", [.privacyOfficer])
    let error = try #require(failure { try session().removeUser("pia") })
    #expect(error.code == .approvalRequired)
    _ = try session(pia).answer(try #require(error.request), .approved, days: nil)
    try session().removeUser("pia")
    #expect(try session().users().first { $0.name == "pia" }?.isActive == false)
  }

  @Test func `rows that SQL has put there approve nothing and are found`() async throws {
    let pia = try vault.enrol("pia", [.privacyOfficer])
    let mallory = SecretIdentity.generate(name: "mallory")
    let policy = try changed("forged")
    let number = try required(policy)
    #expect(try await isWhole())
    // Somebody who owns the storage answers in pia's name.
    try store.write { writer in
      var row = try RequestRow.find(number, writer)
      let request = try #require(
        try row.open(with: vault.owner, try VerifiedLog(writer, remembered: []).governance))
      let vaultID = try VerifiedLog(writer, remembered: []).governance.vaultID
      let forged = try Approval.sign(
        .approved, to: request.subject(), by: mallory, time: clock.now(),
        expires: LogTime(nanoseconds: clock.now().nanoseconds + 1_000_000_000_000), vault: vaultID)
      guard case .object(var members) = forged.json else { return }
      members["by"] = .string(pia.keyID.description)
      row.answer = try Approval(.object(members))
      try writer.update(Schema.request, row.row)
    }
    #expect(try required(policy) == 2)
    #expect(try await !isWhole())
  }

  @Test func `the warden gives nothing for a receipt that lacks its approval`() throws {
    let bench = try WardenBench()
    try bench.warden.enrolSample(Array(0..<3))
    func receipt(_ clearance: Clearance) throws -> AccessReceipt {
      AccessReceipt(
        mintedFor: 1, classes: [.identity], subjects: .many(try .all(universe: 3)), maySearch: false,
        mayEnrol: false, sensitive: .bulkReveal, clearance: clearance)
    }
    func code(_ receipt: borrowing AccessReceipt) -> WardenError.Code? {
      do { _ = try bench.warden.key(of: .identity, ordinal: 1, for: receipt) } catch {
        return error.code
      }
      return nil
    }
    let chain = try ChainBench()
    let other = try chain.approve([:], action: .restore, by: chain.agent)
    let denial = try chain.approve([:], action: .bulkReveal, by: chain.agent, .denied)
    let approval = try chain.approve([:], action: .bulkReveal, by: chain.agent)
    #expect(code(try receipt(.notNeeded)) == .notPermitted)
    #expect(code(try receipt(.approved(other))) == .notPermitted)
    #expect(code(try receipt(.approved(denial))) == .notPermitted)
    #expect(code(try receipt(.approved(approval))) == nil)
    #expect(code(try receipt(.unapproved)) == nil)
  }
}
