import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault

@Suite("Flags")
struct FlagTests {
  private static let quiet = """
    review:
      dormant_days: 30
    """

  private func log(_ review: String = quiet) throws -> WrittenLog {
    let template = Policy.template
    let cut =
      template.firstRange(of: "\n# What `audit flags` reports") ?? template.endIndex..<template.endIndex
    return try WrittenLog(policy: String(template[..<cut.lowerBound]) + "\n" + review + "\n")
  }

  @Test("an ordinary day has none")
  func ordinaryDay() throws {
    let log = try log()
    try log.write((0..<5).map { _ in (WrittenLog.look(.random()), nil) })
    #expect(try log.flags().isEmpty)
  }

  @Test("refusals of a user's day are one flag, and another day's another one")
  func denials() throws {
    let log = try log()
    let mallory = try log.enrol("mallory", .agent)
    var draft = WrittenLog.look(.random())
    draft.outcome = .denied
    for _ in 0..<2 {
      try log.write([(draft, nil), (draft, nil)], by: mallory)
      log.wait(WrittenLog.day)
    }
    let flags = try #require(try log.flags()[.denied])
    #expect(flags.map(\.entries.count) == [2, 2])
    #expect(flags.allSatisfy { $0.actor == "mallory" && $0.key == mallory.keyID.description })
    #expect(flags[0].id != flags[1].id)
  }

  @Test("work at night and on Sunday is flagged, reading the log is not")
  func afterHours() throws {
    let log = try log()
    log.wait(11 * WrittenLog.hour)  // 21:00
    let night = try log.write([(WrittenLog.look(.random()), nil)])
    log.wait(4 * WrittenLog.day - 8 * WrittenLog.hour)  // Sunday, 13:00
    let sunday = try log.write([(WrittenLog.look(.random()), nil)])
    let flags = try #require(try log.flags()[.afterHours])
    #expect(flags.map(\.entries) == [[night], [sunday]])
  }

  @Test("a day far beyond the user's own days before is flagged, the days before are not")
  func volume() throws {
    let log = try log()
    for _ in 0..<6 {
      try log.write((0..<20).map { _ in (WrittenLog.look(.random()), nil) })
      log.wait(WrittenLog.day)
    }
    log.wait(WrittenLog.day)
    #expect(try log.flags()[.volume] == nil)
    try log.write((0..<60).map { _ in (WrittenLog.look(.random()), nil) })
    #expect(try log.flags()[.volume] == nil, "three times the median is the limit")
    try log.write([(WrittenLog.look(.random()), nil)])
    let flag = try #require(try log.flags()[.volume]?.first)
    #expect(flag.text.contains("61") && flag.text.contains("20"))
  }

  @Test("a purpose is flagged the first time, unless it is the role's default")
  func firstPurpose() throws {
    let log = try log()
    var draft = WrittenLog.look(.random())
    try log.write([(draft, nil)])
    draft.purpose = Purpose(name: "fraud-prevention", legalBasis: "legitimate-interest", rule: .objection)
    let first = try log.write([(draft, nil), (draft, nil)])
    #expect(try log.flags()[.firstPurpose]?.map(\.entries) == [[first]])
  }

  @Test("a bulk read needs a ticket and a result, and the result lies within the intent")
  func bulk() throws {
    let log = try log()
    var intent = EntryDraft(.access, Action.scoreRun.rawValue)
    intent.phase = .intent
    var some = try SubjectSet(universe: 5000)
    try some.insert(10..<20)
    var result = EntryDraft(.access, Action.scoreRun.rawValue)
    result.phase = .result
    func run(_ touched: SubjectSet, ticket: String?) throws -> UInt64 {
      let governance = try log.session().readPublic { $1.governance }
      let session = try AuditSession(
        vault: governance.vaultID, auditKey: governance.genesis.auditKey, epoch: 1)
      let first = try log.write([(intent, some)], role: .analyst, ticket: ticket, session: session)
      result.ref = first
      try log.write([(result, touched)], role: .analyst, ticket: ticket, session: session, isStored: true)
      return first
    }
    let good = try run(some, ticket: "CASE-1")
    #expect(try log.flags().isEmpty)
    _ = try run(some, ticket: nil)
    #expect(Set(try log.flags().keys) == [.bulkWithoutTicket])
    var more = some
    try more.insert(21)
    let wide = try run(more, ticket: "CASE-2")
    #expect(try log.flags()[.resultExceedsIntent]?.map(\.entries) == [[wide + 1]])
    result.ref = good
    let second = try log.write([(result, some)], role: .analyst, ticket: "CASE-1")
    #expect(try log.flags()[.resultExceedsIntent]?.map(\.entries) == [[wide + 1], [second]])
    let open = try log.write([(intent, some)], role: .analyst, ticket: "CASE-3")
    #expect(try log.flags()[.noResult] == nil)
    log.wait(2 * WrittenLog.hour)
    #expect(try log.flags()[.noResult]?.map(\.entries) == [[open]])
  }

  @Test("a clock that was moved shows against the one that only moves forward")
  func clockJump() throws {
    let log = try log()
    try log.write([(WrittenLog.look(.random()), nil)])
    log.wait(WrittenLog.hour)
    #expect(try log.flags()[.clockJump] == nil)
    log.now -= WrittenLog.hour
    let moved = try log.write([(WrittenLog.look(.random()), nil)])
    #expect(try log.flags()[.clockJump]?.map(\.entries) == [[moved]])
    // The machine starts again: its forward clock begins anew, and that is no jump.
    log.mono = 1
    log.now += 2 * WrittenLog.hour
    try log.write([(WrittenLog.look(.random()), nil)])
    #expect(try log.flags()[.clockJump]?.count == 1)
  }

  @Test("a user who does nothing is flagged, and again when acting after all")
  func dormant() throws {
    let log = try log()
    let sleeper = try log.enrol("sleeper", .agent)
    log.wait(20 * WrittenLog.day)
    try log.write([(WrittenLog.look(.random()), nil)])
    #expect(try log.flags()[.dormantUser] == nil)
    log.wait(20 * WrittenLog.day)
    #expect(try log.flags()[.dormantUser]?.map(\.actor) == ["sleeper"])
    let back = try log.write([(WrittenLog.look(.random()), nil)], by: sleeper)
    let flags = try log.flags()
    #expect(flags[.dormantUser] == nil && flags[.dormantReturn]?.map(\.entries) == [[back]])
  }

  @Test("looks of one user at one customer count within some days; reveals by their fields")
  func looksAndReveals() throws {
    let log = try log()
    let known = Pseudonym.random()
    for _ in 0..<4 { try log.write([(WrittenLog.look(known), nil)]) }
    log.wait(8 * WrittenLog.day)
    #expect(try log.flags()[.repeatedLooks] == nil)
    for _ in 0..<5 { try log.write([(WrittenLog.look(known), nil)]) }
    let flag = try #require(try log.flags()[.repeatedLooks]?.first)
    #expect(flag.entries.count == 5 && flag.text.contains(known.description))
    var reveal = WrittenLog.look(.random())
    reveal.fields = ["name", "phone", "email"]
    try log.write([(reveal, nil)])
    #expect(try log.flags()[.manyReveals] == nil)
    reveal.fields.append("address")
    let many = try log.write([(reveal, nil)])
    #expect(try log.flags()[.manyReveals]?.map(\.entries) == [[many]])
  }

  @Test("a rule that the policy turns off finds nothing")
  func off() throws {
    let log = try log(
      """
      review:
        working_hours: {from: "00:00", to: "00:00"}
        denials: 0
        first_purpose: false
        bulk_ticket: false
        reveal_fields: 0
        looks: {count: 0}
        volume: {factor: 0}
        clock_seconds: 0
        dormant_days: 0
        result_minutes: 0
      """)
    var draft = WrittenLog.look(.random())
    draft.outcome = .denied
    draft.fields = ["name", "phone", "email", "address", "note"]
    log.wait(13 * WrittenLog.hour)
    try log.write((0..<100).map { _ in (draft, nil) })
    log.now -= 5 * WrittenLog.hour
    var intent = EntryDraft(.access, Action.scoreRun.rawValue)
    intent.phase = .intent
    try log.write([(intent, try .all(universe: 10))], role: .analyst)
    log.wait(400 * WrittenLog.day)
    #expect(try log.flags().isEmpty)
  }

  @Test(
    "the review section is read strictly",
    arguments: [
      "review: {working_hours: {from: \"25:00\"}}", "review: {denials: -1}", "review: {denials: many}",
      "review: {working_hours: {days: [monday]}}", "review: {unknown: 1}", "review: {bulk_ticket: perhaps}",
      "review: {volume: {factor: 1.5}}", "review: {working_hours: {from: \"19:00\", to: \"08:00\"}}",
    ])
  func strict(section: String) throws {
    let template = Policy.template
    let cut = try #require(template.firstRange(of: "\n# What `audit flags` reports"))
    #expect(throws: VaultError(.badInput, "")) {
      try Policy(parsing: String(template[..<cut.lowerBound]) + "\n" + section + "\n")
    }
  }

  @Test("the template says what the defaults are")
  func defaults() throws {
    #expect(try Policy(parsing: Policy.template).review == ReviewRules())
  }
}
