import Foundation
import Scoring
import Sodium
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault

@Suite("Erasure")
struct ErasureTests {
  static let everything = Set(DataClass.allCases)

  @discardableResult
  static func erase(
    _ bench: RightsBench, _ id: Pseudonym, _ classes: Set<DataClass> = everything, isDryRun: Bool = false
  ) throws -> Session.Erasure {
    try bench.session(.privacyOfficer).eraseSubject(id, classes, purpose: nil, isDryRun: isDryRun)
  }

  @Test func `an erased customer is gone everywhere, and the log says so`() async throws {
    let bench = try RightsBench()
    let (id, other) = (try bench.customer(1), try bench.customer(2))
    let erasure = try Self.erase(bench, id)
    #expect(erasure.records == [.identity: 1, .profile: 1, .behavior: 1])
    #expect(erasure.indexEntries == 2 && erasure.tags == 2)
    #expect(try bench.log(3) == ["subject.erase allowed", "subject.erase allowed", "subject.erase allowed"])
    for dataClass in DataClass.allCases { #expect(try bench.slot(dataClass, id) == .erased) }
    #expect(
      code { _ = try bench.session(.steward).showCustomer(id, purpose: nil, reveal: .nothing) } == "not_found"
    )
    #expect(try bench.find(1) == [] && bench.find(2) == [other])
    let scored = try bench.score()
    #expect(scored.count == 1 && scored.excluded.isEmpty)
    #expect(try bench.session().listCustomers(after: nil, limit: 9).map(\.state) == [.erased, .live])
    #expect(try bench.rows(Schema.erasureRun) == 0)
    #expect(try await bench.problems() == [])
  }

  @Test func `identity can go while the rest stays, and comes back never`() async throws {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    let dry = try Self.erase(bench, id, [.identity], isDryRun: true)
    #expect(dry.seq == nil && dry.records == [.identity: 1] && dry.indexEntries == 2)
    #expect(try bench.find(1) == [id])
    try Self.erase(bench, id, [.identity])
    let view = try bench.session(.steward).showCustomer(id, purpose: nil, reveal: .nothing)
    #expect(view.names(of: .identity).isEmpty && view.behavior?.events == 1)
    #expect(try bench.score().count == 1 && bench.find(1) == [])
    var fields = FieldRecord()
    try fields.set(.name, to: Array("Again".utf8).span)
    let updated = Result { try bench.session(.steward).updateCustomer(id, fields, removed: [], purpose: nil) }
    #expect(throws: VaultError(.notFound, "")) { try updated.get() }
    #expect(try await bench.problems() == [])
    let rest = try Self.erase(bench, id)
    #expect(rest.erasedBefore == [.identity] && rest.classes == [.profile, .behavior, .consent, .score])
    #expect(try await bench.problems() == [])
  }

  @Test func `erased behavior is left out of runs and counted`() throws {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    _ = try bench.customer(2)
    try Self.erase(bench, id, [.behavior])
    let scored = try bench.score()
    #expect(scored.count == 1 && scored.excluded.map(\.reason) == ["erased"])
    #expect(scored.excluded.map(\.customers) == [1])
  }

  @Test func `erased consents are an objection to everything`() async throws {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    _ = try bench.session(.agent).recordConsent(
      id, Session.ConsentStatement(purpose: "marketing", state: .granted))
    try Self.erase(bench, id, [.consent])
    #expect(try bench.score("marketing").excluded.map(\.reason) == ["not-consented"])
    #expect(try bench.score().excluded.map(\.reason) == ["objected"])
    let again = code {
      _ = try bench.session(.agent).recordConsent(
        id, Session.ConsentStatement(purpose: "marketing", state: .granted))
    }
    #expect(again == "not_found")
    #expect(try await bench.problems() == [])
  }

  @Test func `an erasure takes who was merged with it`() async throws {
    let bench = try RightsBench()
    let (one, two) = (try bench.customer(1), try bench.customer(2))
    _ = try bench.session(.steward).mergeCustomer(one, into: two, purpose: nil)
    let erasure = try Self.erase(bench, one)
    #expect(erasure.customer == two && erasure.merged == [one])
    #expect(try bench.slot(.identity, one) == .erased && bench.slot(.identity, two) == .erased)
    #expect(try bench.session().listCustomers(after: nil, limit: 9).map(\.state) == [.erased, .erased])
    #expect(try bench.rows(Schema.mergeLink) == 0)
    #expect(try await bench.problems() == [])
    #expect(code { _ = try bench.session().mergeCustomer(one, into: two, purpose: nil) } == "not_found")
  }

  @Test func `a legal hold keeps its class, says why, and lets the others go`() throws {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    let officer = bench.session(.privacyOfficer)
    _ = try officer.holdSubject(id, [.behavior], reason: "tax law 2026/17", until: nil)
    do {
      try Self.erase(bench, id)
      Issue.record("a hold did not keep its class")
    } catch let error as VaultError {
      #expect(error.code == .legalHold && error.reason == "a legal hold keeps behavior: tax law 2026/17")
    }
    #expect(try bench.log(1) == ["subject.erase denied"])
    try Self.erase(bench, id, [.identity])
    #expect(try bench.score().count == 1)
    _ = try officer.releaseSubject(id, [.behavior])
    try Self.erase(bench, id)
    #expect(try bench.slot(.behavior, id) == .erased)
    #expect(code { _ = try officer.holdSubject(id, [.behavior], reason: "late", until: nil) } == "not_found")
  }

  @Test func `a restricted customer is reached by legal claims and own requests alone`() async throws {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    _ = try bench.customer(2)
    let officer = bench.session(.privacyOfficer)
    _ = try officer.restrictSubject(id)
    #expect(code { _ = try officer.restrictSubject(id) } == "exists")
    let steward = bench.session(.steward)
    func show(_ purpose: String) -> String? {
      code { _ = try steward.showCustomer(id, purpose: purpose, reveal: .nothing) }
    }
    #expect(show("service") == "not_permitted" && show("fraud-prevention") == "not_permitted")
    #expect(show("legal-obligation") == nil && show("data-subject-request") == nil)
    #expect(code { _ = try bench.find(1) } == "not_permitted")
    let scored = try bench.score()
    #expect(scored.count == 1 && scored.excluded.map(\.reason) == ["restricted"])
    #expect(try bench.pay(1).rejected == 1)
    _ = try officer.unrestrictSubject(id)
    #expect(show("service") == nil)
    #expect(try bench.score().count == 2)
    #expect(code { _ = try officer.unrestrictSubject(id) } == "not_found")
    #expect(try await bench.problems() == [])
  }

  @Test func `an import does not take an erased customer up again, and a fresh consent does`() async throws {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    try Self.erase(bench, id)
    let suppressed = SuppressedAccounts()
    let counts = try bench.pay(1, suppressed: suppressed)
    #expect(counts.rejected == 1 && counts.customersAdded == 0)
    #expect(suppressed.contains(Array("A-1".utf8).span) && !suppressed.contains(Array("A-2".utf8).span))
    let fields: [(FieldName, String)] = [(.name, "Back"), (.phone, "+8613812345001")]
    #expect(code { _ = try bench.add(fields) } == "suppressed")
    #expect(try bench.log(1) == ["customer.add error"])
    let back = try bench.add(
      fields, consents: [Session.ConsentStatement(purpose: "marketing", state: .granted, source: "form")])
    #expect(back != id)
    #expect(try bench.find(1) == [back])
    let scored = try bench.score("marketing")
    #expect(scored.run.scored + Int(scored.excluded.first?.customers ?? 0) >= 1)
    #expect(try await bench.problems() == [])
    // The account was not named: it stays suppressed.
    #expect(try bench.pay(1).rejected == 1)
  }

  @Test(arguments: Role.allCases) func `privacy officers erase, hold and restrict, nobody else`(role: Role)
    throws
  {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    let session = bench.session(role)
    let calls: [() throws -> Void] = [
      { _ = try session.restrictSubject(id) }, { _ = try session.unrestrictSubject(id) },
      { _ = try session.holdSubject(id, [.score], reason: "r", until: nil) },
      { _ = try session.releaseSubject(id, [.score]) },
      { _ = try session.eraseSubject(id, [.score], purpose: nil, isDryRun: false) },
    ]
    for call in calls { #expect(code(call) == (role == .privacyOfficer ? nil : "not_permitted")) }
    #expect(try bench.slot(.score, id) == (role == .privacyOfficer ? .erased : .unwritten))
  }
}
