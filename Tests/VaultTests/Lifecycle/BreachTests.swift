import AuditLog
import Scoring
import Testing
import VaultTesting

@testable import Vault

/// What a breach report says was read, and could have been.
@Suite("A breach report")
struct BreachTests {
  private let clock = MovedClock()
  private let vault: SampleVault

  init() throws { vault = try SampleVault(in: InMemoryStore(), clock: clock) }

  private func report(_ cause: BreachCause = .user("owner"), since: LogTime = LogTime(nanoseconds: 1)) throws
    -> BreachReport
  {
    try vault.session(as: .auditor).breachReport(cause, since: since, until: nil)
  }

  @Test("a bulk run counts with its result, and one without a result with everybody")
  func bulk() throws {
    let customers = try vault.add(5000) { _ in [] }
    try vault.run(of: 5000, without: Array(100..<5000), in: vault.session(as: .analyst))
    #expect(try report(.role(.analyst)).customers == 100)
    let session = vault.session(as: .analyst)
    let request = AccessRequest(.scoreRun, subject: .everybody, classes: [.behavior])
    try session.access(request) { _ in
    } release: { _, _, _ in
    }
    let whole = try report(.role(.analyst))
    #expect(whole.customers == 5000)
    #expect(whole.classes.map(\.name) == ["behavior"])
    var named: [Pseudonym] = []
    try vault.session(as: .auditor).visitCustomers(of: whole, limit: 7) { pseudonym, _ in
      named.append(pseudonym)
    }
    #expect(named == Array(customers.prefix(7)))
  }

  @Test("a look that the customer's own decision refused does not count")
  func refused() throws {
    let sample = try ImportSample()
    try sample.run([
      SampleRow(account: "a", amount: 500, product: "P"),
      SampleRow(account: "a", consent: ("analytics", .objected)),
      SampleRow(account: "b", amount: 700, product: "P"),
    ])
    let (a, b) = (try #require(try sample.customer("a")), try #require(try sample.customer("b")))
    let since = SystemClock().now()
    let session = sample.vault.session(as: .analyst)
    #expect(throws: VaultError(.notPermitted, "")) {
      try session.scoreCustomer(a, try ScoreScanTests.plan(.loyalty), purpose: nil, explaining: false)
    }
    _ = try session.scoreCustomer(b, try ScoreScanTests.plan(.loyalty), purpose: nil, explaining: false)
    let report = try sample.vault.session(as: .auditor).breachReport(
      .role(.analyst), since: since, until: nil)
    #expect(report.customers == 1)
    #expect(report.statistics.all.denied == 1)
    var named: [Pseudonym] = []
    try sample.vault.session(as: .auditor).visitCustomers(of: report) { pseudonym, _ in
      named.append(pseudonym)
    }
    #expect(named == [b])
  }

  @Test("customers who came after the period are not in it, and who held a role then is named")
  func period() throws {
    try vault.add(3) { _ in [SampleEvent(at: 1, .payment(minor: 1))] }
    let until = clock.now()
    clock.move(days: 3)
    try vault.add(2) { _ in [SampleEvent(at: 1, .payment(minor: 1))] }
    let session = vault.session(as: .auditor)
    let before = try session.breachReport(.role(.analyst), since: LogTime(nanoseconds: 1), until: until)
    #expect(before.universe == 3)
    #expect(before.reach.first { $0.dataClass == .behavior }?.customers == 3)
    #expect(before.holdings.map(\.role) == [.analyst])
    let after = try report(.key(epoch: 1, .behavior))
    #expect(after.universe == 5 && after.reach.map(\.customers) == [5])
    #expect(try report(.key(epoch: 2, .behavior)).reach.map(\.customers) == [0])
  }

  @Test("it is a reading of the log: refused to who may not, an entry for who may")
  func entries() throws {
    for role in [Role.agent, .steward, .analyst, .custodian] {
      #expect(throws: VaultError(.notPermitted, "")) {
        try vault.session(as: role).breachReport(
          .key(epoch: 1, nil), since: LogTime(nanoseconds: 1), until: nil)
      }
    }
    _ = try report()
    var outcomes: [String] = []
    try vault.session(as: .auditor).readLog(LogQuery()) {
      if $0.what.action == "breach.report" { outcomes.append($0.what.outcomeName) }
    }
    #expect(outcomes == ["denied", "denied", "denied", "denied", "allowed"])
  }

  @Test("the union of two sets has whoever is in either, within its own universe")
  func union() throws {
    var (left, right) = (try SubjectSet(universe: 3000), try SubjectSet(universe: 5000))
    try left.insert(10..<20)
    try right.insert(15..<2999)
    try right.insert(2999..<5000)
    left.formUnion(right)
    #expect(left.count == 2990 && left.contains(2999) && !left.contains(9))
    var small = try SubjectSet(universe: 64)
    try small.insert(3)
    right.formUnion(small)
    #expect(right.contains(3))
  }
}
