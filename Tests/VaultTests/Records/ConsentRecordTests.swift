import Sodium
import Testing

@testable import Vault

@Suite struct ConsentRecordTests {
  private func change(
    _ state: ConsentState, at time: Int64, purpose: String = "marketing", basis: String? = nil
  ) throws -> ConsentChange {
    try ConsentChange(
      purpose: purpose, state: state, time: time, source: "form", textVersion: "v3", legalBasis: basis,
      actor: 5)
  }

  private func record(_ changes: [ConsentChange]) throws -> ConsentRecord {
    var record = ConsentRecord()
    for change in changes { #expect(try record.record(change)) }
    return record
  }

  private func encoded(_ record: ConsentRecord) -> [UInt8] {
    var out = WipedBytes()
    record.encode(into: &out)
    return RecordSamples.array(out)
  }

  private func sample() throws -> ConsentRecord {
    try record([
      change(.granted, at: 100), change(.objected, at: -5, purpose: "analytics", basis: "GDPR 21"),
      change(.withdrawn, at: 300),
    ])
  }

  @Test func `a record decodes to every statement that was encoded`() throws {
    let record = try sample()
    let bytes = encoded(record)
    let decoded = try ConsentRecord.decoding(bytes.span)
    #expect(decoded.changes == record.changes)
    #expect(decoded.purposes == ["analytics", "marketing"])
    #expect(encoded(decoded) == bytes)
  }

  @Test func `the last statement by its time holds, however late it was recorded`() throws {
    let late = try record([change(.withdrawn, at: 300), change(.granted, at: 100)])
    #expect(late.standing(for: "marketing")?.state == .withdrawn)
    #expect(late.standing(for: "marketing")?.isGranted == false)
    let same = try record([change(.granted, at: 100), change(.withdrawn, at: 100)])
    #expect(same.standing(for: "marketing")?.state == .withdrawn)
    #expect(late.standing(for: "analytics") == nil)
  }

  @Test func `taking a consent back leaves an objection standing, a consent ends it`() throws {
    let objected = try record([change(.objected, at: 1), change(.withdrawn, at: 2)])
    #expect(objected.standing(for: "marketing")?.isObjected == true)
    #expect(objected.standing(for: "marketing")?.state == .objected)
    let granted = try record([change(.objected, at: 1), change(.granted, at: 2)])
    #expect(granted.standing(for: "marketing")?.isObjected == false)
    #expect(granted.standing(for: "marketing")?.isGranted == true)
    let again = try record([change(.granted, at: 1), change(.objected, at: 2)])
    #expect(again.standing(for: "marketing")?.isGranted == false)
  }

  @Test func `the same statement counts once, whoever recorded it`() throws {
    var record = try sample()
    let again = try ConsentChange(
      purpose: "marketing", state: .granted, time: 100, source: "form", textVersion: "v3", actor: 6)
    #expect(try record.record(again) == false)
    #expect(record.changes.count == 3)
  }

  @Test func `printing, dumping or mirroring a statement shows nothing of it`() throws {
    let record = try sample()
    var dumped = ""
    dump(record, to: &dumped)
    let shown = "\(record) \(record.changes) \(String(reflecting: record.changes)) " + dumped
    #expect(!shown.contains("marketing") && !shown.contains("form"))
  }

  @Test func `every cut and every added byte is malformed`() throws {
    let bytes = encoded(try sample())
    for count in bytes.indices {
      #expect(throws: RecordError(.malformed, "")) {
        try ConsentRecord.decoding(Array(bytes.prefix(count)).span)
      }
    }
    #expect(throws: RecordError(.malformed, "")) { try ConsentRecord.decoding((bytes + [0]).span) }
  }

  @Test func `a statement that is there twice, or of no known state, is malformed`() throws {
    let one = encoded(try record([change(.granted, at: 1)]))
    var twice = one + one.dropFirst(2)
    twice[1] = 2
    var unknown = one
    unknown[2] = 4
    for bytes in [twice, unknown] {
      #expect(throws: RecordError(.malformed, "")) { try ConsentRecord.decoding(bytes.span) }
    }
  }

  @Test func `random changes never trap, and what decodes encodes to the same bytes`() throws {
    var random = SeededRandom(4)
    let bytes = encoded(try sample())
    for _ in 0..<20_000 {
      let mutated = random.mutate(bytes)
      do {
        #expect(encoded(try ConsentRecord.decoding(mutated.span)) == mutated)
      } catch {
        #expect(error == RecordError(.malformed, ""))
      }
    }
  }

  @Test func `a statement without a purpose or with a text too long is refused`() {
    let long = String(repeating: "x", count: ConsentChange.textLimit + 1)
    #expect(throws: RecordError(.unusableValue, "")) { try self.change(.granted, at: 1, purpose: "") }
    #expect(throws: RecordError(.unusableValue, "")) { try self.change(.granted, at: 1, purpose: long) }
  }
}
