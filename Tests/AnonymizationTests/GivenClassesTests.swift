import Testing

@testable import Anonymization

@Suite("Classes of an earlier release") struct GivenClassesTests {
  @Test func `a table published in the classes of its own recoding has exactly these`() throws {
    let table = try SampleTables.random(rows: 400, seed: 3)
    let recoder = try Recoder(table, limits: PrivacyLimits(k: 4, suppression: 0.9))
    var generator = SeededGenerator(seed: 1)
    let first = try recoder.recode(.local, using: &generator)
    let again = try recoder.recode(inClasses: first.classOfRow)
    #expect(Set(again.classes.map { Set($0) }) == Set(first.classes.map { Set($0) }))
    // The finest cells that a class shares lose no more than those it was published with.
    #expect(again.certaintyPenalty <= first.certaintyPenalty + 1e-12)
  }

  @Test func `holding both releases leaves as many candidates as holding one`() throws {
    let table = try SampleTables.random(rows: 400, seed: 4)
    let recoder = try Recoder(table, limits: PrivacyLimits(k: 4, suppression: 0.9))
    var generator = SeededGenerator(seed: 2)
    let first = try recoder.recode(.local, using: &generator)
    let again = try recoder.recode(inClasses: first.classOfRow)
    var ledger = ReleaseLedger(customers: table.rowCount)
    try ledger.add(first.classOfRow)
    try ledger.add(again.classOfRow)
    #expect(ledger.candidates().standing(k: 4).failing.isEmpty)
  }

  @Test func `a class that people have left is suppressed`() throws {
    let table = try SampleTables.random(rows: 60, seed: 5)
    let recoder = try Recoder(table, limits: PrivacyLimits(k: 4, suppression: 0.9))
    var classes = (0..<60).map { UInt32($0 < 57 ? 0 : 1) }
    classes[0] = Recoding.suppressed
    let recoding = try recoder.recode(inClasses: classes)
    #expect(recoding.suppressedCount == 4)
    #expect(recoding.classes.count == 1)
  }

  @Test func `suppressing rows takes along the classes that fall below k`() throws {
    let table = try SampleTables.random(rows: 300, seed: 6)
    let recoder = try Recoder(table, limits: PrivacyLimits(k: 5, suppression: 0.95))
    var generator = SeededGenerator(seed: 3)
    let recoding = try recoder.recode(.local, using: &generator)
    let smallest = try #require(recoding.classes.min { $0.count < $1.count })
    let rest = try recoder.suppress([Int(smallest[0])], in: recoding)
    #expect(rest.classes.allSatisfy { $0.count >= 5 })
    #expect(rest.classOfRow[Int(smallest[0])] == Recoding.suppressed)
    #expect(throws: AnonymizationError.self) {
      try Recoder(table, limits: PrivacyLimits(k: 5, suppression: 0)).suppress([0, 1, 2], in: recoding)
    }
  }
}
