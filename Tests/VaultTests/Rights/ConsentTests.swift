import Testing
import VaultTesting

@testable import Vault

@Suite("Consents")
struct ConsentTests {
  private static func say(_ bench: RightsBench, _ id: Pseudonym, _ state: ConsentState, _ purpose: String)
    throws
  {
    _ = try bench.session(.agent).recordConsent(
      id, Session.ConsentStatement(purpose: purpose, state: state, source: "call"))
  }

  @Test func `a purpose that asks consent reaches a customer from the grant to the withdrawal`() async throws
  {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    _ = try bench.customer(2)
    func reached() throws -> Int { try bench.score("marketing").count }
    #expect(try reached() == 0)
    try Self.say(bench, id, .granted, "marketing")
    #expect(try reached() == 1)
    try Self.say(bench, id, .withdrawn, "marketing")
    let scored = try bench.score("marketing")
    #expect(scored.count == 0 && scored.excluded.map(\.reason) == ["not-consented"])
    #expect(scored.excluded.map(\.customers) == [2])
    let refused = code {
      _ = try bench.session(.steward).showCustomer(id, purpose: "marketing", reveal: .nothing)
    }
    #expect(refused == "not_permitted")
    #expect(try bench.log(2) == ["customer.show allowed", "customer.show denied"])
    #expect(try await bench.problems() == [])
  }

  @Test func `an objection leaves a customer out of runs, is counted, and ends with a consent`() throws {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    try Self.say(bench, id, .objected, "analytics")
    let scored = try bench.score()
    #expect(scored.count == 0 && scored.excluded.map(\.reason) == ["objected"])
    try Self.say(bench, id, .withdrawn, "analytics")
    #expect(try bench.score().count == 0)
    try Self.say(bench, id, .granted, "analytics")
    #expect(try bench.score().count == 1)
  }

  @Test func `the record keeps source, text, basis and who recorded it`() throws {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    let statement = Session.ConsentStatement(
      purpose: "marketing", state: .granted, source: "web form", textVersion: "7", time: 1_600_000_000)
    let session = bench.session(.privacyOfficer)
    #expect(try session.recordConsent(id, statement).isNew)
    #expect(try !session.recordConsent(id, statement).isNew)
    let consents = try session.consents(id, purpose: nil)
    let change = try #require(consents.own.changes.first)
    #expect(consents.own.changes.count == 1)
    #expect(change.source == "web form" && change.textVersion == "7" && change.time == 1_600_000_000)
    #expect(change.legalBasis == "consent" && consents.actor(of: change) == "owner")
    #expect(consents.allows(try #require(consents.purposes["marketing"])))
  }

  @Test func `an older statement does not undo a newer one, and none lies ahead`() throws {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    try Self.say(bench, id, .withdrawn, "marketing")
    let session = bench.session(.agent)
    let old = Session.ConsentStatement(purpose: "marketing", state: .granted, time: 1_500_000_000)
    #expect(try session.recordConsent(id, old).standing.state == .withdrawn)
    let ahead = Session.ConsentStatement(purpose: "marketing", state: .granted, time: 9_000_000_000)
    #expect(code { _ = try session.recordConsent(id, ahead) } == "bad_input")
    let unknown = Session.ConsentStatement(purpose: "gossip", state: .granted)
    #expect(code { _ = try session.recordConsent(id, unknown) } == "bad_input")
  }

  @Test(arguments: Role.allCases) func `agents and privacy officers record consents, nobody else`(role: Role)
    throws
  {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    let refused = code {
      _ = try bench.session(role).recordConsent(
        id, Session.ConsentStatement(purpose: "marketing", state: .granted))
    }
    #expect(refused == (role == .agent || role == .privacyOfficer ? nil : "not_permitted"))
  }
}
