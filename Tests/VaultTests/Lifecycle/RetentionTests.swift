import AuditLog
import Sodium
import Testing
import VaultTesting

@testable import Vault

/// What the policy's retention takes away of customers' data, and what it leaves.
@Suite("The retention of customer data")
struct RetentionTests {
  /// Collects what a subject report hands over.
  final class Collector: SubjectReceiver {
    var times: [Int64] = []
    var products: Set<String> = []
    var accesses: [String] = []
    var file: SubjectFile?
    func begin(_ file: SubjectFile) throws { self.file = file }
    func take(_ event: SubjectEvent) throws {
      times.append(event.event.time)
      if case .transaction(let payment) = event.event.detail, let product = payment.product {
        var text = WipedBytes()
        event.append(product, to: &text)
        text.withBytes { span in
          _ = products.insert(String(decoding: span.indices.map { span[$0] }, as: UTF8.self))
        }
      }
    }
    func endEvents() throws {}
    func take(_ access: LogEntry, _ involvement: Session.Involvement) throws {
      accesses.append(access.what.action)
    }
  }

  private let clock = MovedClock()
  private let store = InMemoryStore()
  private let vault: SampleVault

  init() throws {
    vault = try SampleVault(
      in: store, policy: Policy.template + "\nretention: {classes: {behavior: 100d}}\n", clock: clock)
  }

  private var now: Int64 { clock.seconds }

  private func apply(isDryRun: Bool = false) throws -> RetentionOutcome {
    try vault.session(as: .privacyOfficer).applyRetention(purpose: nil, isDryRun: isDryRun)
  }

  private func collect(_ customer: Pseudonym) throws -> Collector {
    let collector = Collector()
    try vault.session(as: .privacyOfficer).subjectReport(customer, purpose: nil, to: collector)
    return collector
  }

  private func verified() async throws -> Bool {
    let report = try await vault.session(as: .privacyOfficer).verifyVault(
      LogAnchor(), isDeep: true, purpose: nil, workers: 1)
    return report.isOK
  }

  @Test("takes old events out of many chunks, and leaves the others in their order with their texts")
  func chunks() async throws {
    let start = now - 9000 * 3600
    let customers = try vault.add(3) { index in
      guard index == 1 else { return [SampleEvent(at: start, .payment(minor: 5))] }
      return (0..<9000).map {
        SampleEvent(at: start + Int64($0) * 3600, .payment(minor: Int64($0), product: "P\($0 % 700)"))
      }
    }
    let whole = try collect(customers[1])
    #expect(whole.times.count == 9000)
    let limit = now - 100 * 86_400
    let kept = whole.times.filter { $0 >= limit }
    let due = try apply(isDryRun: true)
    #expect(due.counts.events == 9000 - kept.count + 2)
    #expect(try collect(customers[1]).times.count == 9000)
    let done = try apply()
    #expect(done.counts.events == due.counts.events && done.counts.customers == 3)
    let after = try collect(customers[1])
    #expect(after.times == kept)
    #expect(after.products.count == 700)
    #expect(try collect(customers[0]).times == [])
    #expect(try await verified())
    #expect(try apply().counts.events == 0)
  }

  @Test("leaves factors, which have no time")
  func factors() throws {
    let customer = try vault.add(1) { _ in
      [
        SampleEvent(at: 0, .factors([1, 2, nil, nil, nil, nil, nil, nil])),
        SampleEvent(at: 1, .payment(minor: 7)),
      ]
    }[0]
    #expect(try apply().counts.events == 1)
    #expect(try collect(customer).times == [0])
  }

  @Test("a run that dies goes on where it stopped, and each entry says what its transaction took")
  func resumed() async throws {
    try vault.add(600) { _ in [SampleEvent(at: 1, .payment(minor: 1))] }
    struct Killed: Error {}
    let session = vault.session(as: .privacyOfficer)
    var told = 0
    #expect(throws: Killed.self) {
      try session.applyRetention(
        purpose: nil, isDryRun: false,
        progress: { _ in
          told += 1
          if told == 2 { throw Killed() }
        })
    }
    let rest = try apply()
    #expect(rest.counts.events > 0 && rest.counts.events < 600)
    var sum: Int64 = 0
    try vault.session(as: .auditor).readLog(LogQuery()) { entry in
      guard entry.envelope.kind == .change, entry.what.action == "retention.apply" else { return }
      sum += entry.what.details?["events"]?.integer ?? 0
    }
    #expect(sum == 600)
    #expect(try await verified())
  }

  @Test("without a stated time nothing goes, and the attempt is an entry")
  func notStated() throws {
    let vault = try SampleVault(in: InMemoryStore())
    #expect(throws: VaultError(.notPermitted, "")) {
      try vault.session(as: .privacyOfficer).applyRetention(purpose: nil, isDryRun: true)
    }
    var outcomes: [String] = []
    try vault.session(as: .auditor).readLog(LogQuery()) {
      if $0.what.action == "retention.apply" { outcomes.append($0.what.outcomeName) }
    }
    #expect(outcomes == ["denied"])
  }

  @Test("a statement that still decides a consent is never forgotten")
  func statements() throws {
    func change(_ state: ConsentState, _ time: Int64) throws -> ConsentChange {
      try ConsentChange(purpose: "marketing", state: state, time: time, source: "form", actor: 1)
    }
    var record = ConsentRecord()
    for (state, time) in [
      (ConsentState.objected, 1), (.objected, 2), (.granted, 3), (.objected, 4), (.withdrawn, 5),
    ] {
      _ = try record.record(try change(state, Int64(time)))
    }
    let before = record.standing(for: "marketing")
    #expect(record.forget(before: 10) == 3)
    #expect(record.standing(for: "marketing") == before)
    #expect(record.changes.map(\.time) == [4, 5])
    #expect(record.forget(before: 10) == 0)
  }
}
