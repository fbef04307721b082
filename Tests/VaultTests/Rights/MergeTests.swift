import AuditLog
import Scoring
import Sodium
import Testing
import VaultTesting

@testable import Vault

@Suite("Merges")
struct MergeTests {
  private static func merge(_ bench: RightsBench, _ source: Pseudonym, _ target: Pseudonym) throws {
    _ = try bench.session(.steward).mergeCustomer(source, into: target, purpose: nil)
  }

  private static func allows(_ bench: RightsBench, _ id: Pseudonym, _ purpose: String) throws -> Bool {
    let consents = try bench.session(.privacyOfficer).consents(id, purpose: nil)
    return consents.allows(try #require(consents.purposes[purpose]))
  }

  @Test func `both ids show one customer, found by either's identifiers, until it is split`() async throws {
    let bench = try RightsBench()
    let (one, two) = (try bench.customer(1), try bench.customer(2))
    try Self.merge(bench, one, two)
    let session = bench.session(.steward)
    for id in [one, two] {
      let view = try session.showCustomer(id, purpose: nil, reveal: .everything)
      #expect(view.pseudonym == two)
      #expect(view.behavior?.events == 2)
      #expect(AttackedVault.values(view).contains("name=Somebody 2"))
    }
    #expect(try bench.find(1) == [two] && bench.find(2) == [two])
    let scored = try bench.score()
    #expect(scored.count == 1 && scored.run.rows.map { $0.factors.amount } == [2])
    #expect(try session.customerHistory(two, purpose: nil).count >= 4)
    #expect(try session.listCustomers(after: nil, limit: 9).map(\.state) == [.merged, .live])
    // What the account's rows say stays with who has the account: the same order again is known.
    let again = try bench.pay(1)
    #expect(again.eventsAdded == 0 && again.duplicates == 1)
    #expect(try await bench.problems() == [])
    #expect(try session.splitCustomer(one, purpose: nil).customer == two)
    #expect(try session.showCustomer(one, purpose: nil, reveal: .nothing).pseudonym == one)
    #expect(try bench.find(1) == [one] && bench.score().count == 2)
    #expect(try await bench.problems() == [])
  }

  @Test func `the strictest consents win, in single and bulk reads, and stay when it is split`() async throws
  {
    let bench = try RightsBench()
    let (one, two) = (try bench.customer(1), try bench.customer(2))
    let agent = bench.session(.agent)
    func say(_ id: Pseudonym, _ state: ConsentState, _ purpose: String) throws {
      _ = try agent.recordConsent(id, Session.ConsentStatement(purpose: purpose, state: state))
    }
    try say(one, .granted, "marketing")
    try say(two, .objected, "analytics")
    #expect(try bench.score("marketing").count == 1)
    try Self.merge(bench, one, two)
    #expect(try bench.score("marketing").count == 0)
    #expect(try bench.score().count == 0)
    for id in [one, two] {
      #expect(try !Self.allows(bench, id, "marketing") && !Self.allows(bench, id, "analytics"))
    }
    _ = try bench.session(.steward).splitCustomer(one, purpose: nil)
    for id in [one, two] {
      #expect(try !Self.allows(bench, id, "marketing") && !Self.allows(bench, id, "analytics"))
    }
    #expect(try await bench.problems() == [])
  }

  @Test func `what is withdrawn while merged counts for both, and a consent for the one that stands`() throws
  {
    let bench = try RightsBench()
    let (one, two) = (try bench.customer(1), try bench.customer(2))
    let agent = bench.session(.agent)
    try Self.merge(bench, one, two)
    _ = try agent.recordConsent(one, Session.ConsentStatement(purpose: "marketing", state: .granted))
    #expect(try bench.score("marketing").count == 1)
    _ = try agent.recordConsent(one, Session.ConsentStatement(purpose: "analytics", state: .objected))
    #expect(try bench.score().count == 0)
    _ = try bench.session(.steward).splitCustomer(one, purpose: nil)
    #expect(try Self.allows(bench, two, "marketing") && !Self.allows(bench, one, "marketing"))
    #expect(try !Self.allows(bench, one, "analytics") && !Self.allows(bench, two, "analytics"))
  }

  @Test func `merges of merged or unknown customers, and circles, are refused with an entry`() throws {
    let bench = try RightsBench()
    let ids = try (1...3).map { try bench.customer($0) }
    try Self.merge(bench, ids[0], ids[1])
    #expect(code { try Self.merge(bench, ids[0], ids[2]) } == "exists")
    #expect(code { try Self.merge(bench, ids[2], ids[0]) } == "exists")
    #expect(code { try Self.merge(bench, ids[1], ids[0]) } == "exists")
    #expect(code { try Self.merge(bench, ids[1], ids[1]) } == "usage")
    #expect(code { try Self.merge(bench, ids[2], Pseudonym(high: 1, low: 2)) } == "not_found")
    #expect(try bench.log(1) == ["customer.merge error"])
    #expect(code { _ = try bench.session().splitCustomer(ids[2], purpose: nil) } == "not_found")
    // A customer into whom others were merged can be merged itself.
    try Self.merge(bench, ids[1], ids[2])
    let view = try bench.session(.steward).showCustomer(ids[0], purpose: nil, reveal: .nothing)
    #expect(view.pseudonym == ids[2] && view.behavior?.events == 3)
    #expect(
      code { _ = try bench.session(.agent).mergeCustomer(ids[0], into: ids[1], purpose: nil) }
        == "not_permitted")
  }

  @Test func `who owns the storage cannot show one customer as another`() throws {
    let bench = try RightsBench()
    let (one, two) = (try bench.customer(1), try bench.customer(2))
    let (source, target) = (Int64(try bench.ordinal(one)), Int64(try bench.ordinal(two)))
    try bench.store.write { writer in
      try writer.update(
        Schema.directory, Row([.integer(source), .blob(one.bytes), .integer(1), .integer(target)]))
    }
    func show() -> String? {
      code { _ = try bench.session(.steward).showCustomer(one, purpose: nil, reveal: .nothing) }
    }
    #expect(show() == "integrity")
    #expect(code { _ = try bench.score() } == "integrity")
    try bench.store.write { writer in
      try writer.insert(
        Schema.mergeLink,
        Row([.integer(target), .integer(source), .integer(3), .blob([UInt8](repeating: 7, count: 16))]))
    }
    #expect(show() == "integrity")
    #expect(code { _ = try bench.score() } == "integrity")
  }

  @Test func `accesses to the customer who stands for both are accesses to both`() throws {
    let bench = try RightsBench()
    let (one, two) = (try bench.customer(1), try bench.customer(2))
    try Self.merge(bench, one, two)
    _ = try bench.session(.steward).showCustomer(two, purpose: nil, reveal: .nothing)
    var seen: [String] = []
    try bench.session(.auditor).logEntries(of: one) { entry, _ in seen.append(entry.what.action) }
    #expect(seen.contains("customer.show") && seen.contains("customer.merge"))
  }
}
