import Sodium
import Testing

@testable import Vault

@Suite struct FieldRecordTests {
  private func sample() throws -> FieldRecord {
    var record = FieldRecord()
    try record.set(.phone, to: Array("+8613800138000".utf8).span)
    try record.set(.name, to: Array("张三".utf8).span)
    let account = try #require(FieldName.account(at: "shop"))
    try record.set(account, to: Array("A-17".utf8).span)
    let custom = try #require(FieldName("loyalty_card"))
    try record.set(custom, to: Array("0042".utf8).span)
    record.note(FieldChange(time: 1_700_000_000, actor: 0x0102_0304_0506_0708, fields: [.name, .phone]))
    record.note(FieldChange(time: 1_699_999_999, actor: 9, fields: [account, custom]))
    return record
  }

  private func encoded(_ record: borrowing FieldRecord) -> [UInt8] {
    var out = WipedBytes()
    record.encode(into: &out)
    return RecordSamples.array(out)
  }

  private func value(_ record: borrowing FieldRecord, _ name: FieldName) -> String? {
    record.withValue(of: name) { String(decoding: RecordSamples.array($0), as: UTF8.self) }
  }

  @Test func `a record decodes to the fields and the history that were encoded`() throws {
    let bytes = encoded(try sample())
    let record = try FieldRecord.decoding(bytes.span)
    let names = record.names
    let history = record.history
    #expect(names.map(\.text) == ["account.shop", "loyalty_card", "name", "phone"])
    #expect(value(record, .name) == "张三")
    #expect(value(record, .phone) == "+8613800138000")
    #expect(value(record, .email) == nil)
    #expect(history.map(\.time) == [1_700_000_000, 1_699_999_999])
    #expect(history.first?.actor == 0x0102_0304_0506_0708)
    #expect(history.last?.fields.map(\.text) == ["account.shop", "loyalty_card"])
    #expect(encoded(record) == bytes)
  }

  @Test func `setting says whether the value is another, and removing takes it away`() throws {
    var record = try sample()
    #expect(try record.set(.name, to: Array("张三".utf8).span) == false)
    #expect(try record.set(.name, to: Array("李四".utf8).span))
    #expect(value(record, .name) == "李四")
    let wasThere = record.remove(.name)
    let isThere = record.remove(.name)
    #expect(wasThere && !isThere)
    #expect(value(record, .name) == nil)
    #expect(!encoded(record).contains(Array("张三".utf8)))
  }

  @Test func `a value that is empty, too long or not UTF-8 is refused`() throws {
    var record = FieldRecord()
    for bytes in [[], [UInt8](repeating: 65, count: FieldRecord.valueLimit + 1), [0xFF], [0xC0, 0x80]] {
      #expect(throws: RecordError(.unusableValue, "")) { try record.set(.note, to: bytes.span) }
    }
  }

  @Test func `the history keeps the newest two hundred changes`() {
    var record = FieldRecord()
    for time in 0..<250 { record.note(FieldChange(time: Int64(time), actor: 1, fields: [.note])) }
    let history = record.history
    #expect(history.count == FieldRecord.historyLimit)
    #expect(history.first?.time == 50)
    #expect(history.last?.time == 249)
  }

  @Test func `a small identity takes few bytes beside its values`() throws {
    var record = FieldRecord()
    try record.set(.name, to: Array("A".utf8).span)
    try record.set(.phone, to: Array("+8613800138000".utf8).span)
    #expect(encoded(record).count == 3 + 2 + 1 + 2 + 14)
  }

  @Test func `every cut and every added byte is malformed`() throws {
    let bytes = encoded(try sample())
    for count in bytes.indices {
      #expect(throws: RecordError(.malformed, "")) {
        _ = try FieldRecord.decoding(Array(bytes.prefix(count)).span)
      }
    }
    #expect(throws: RecordError(.malformed, "")) { _ = try FieldRecord.decoding((bytes + [0]).span) }
  }

  @Test(
    arguments: [
      [2, 0, 0],  // schema
      [1, 2, 2, 1, 65, 2, 1, 66, 0],  // the same field twice
      [1, 2, 3, 1, 65, 2, 1, 66, 0],  // not in order
      [1, 1, 99, 1, 65, 0],  // no such code
      [1, 1, 0, 4, 0x6E, 0x61, 0x6D, 0x65, 1, 65, 0],  // a known name written out
      [1, 1, 0, 2, 0x41, 0x42, 1, 65, 0],  // no name of a field
      [1, 1, 2, 0, 0],  // an empty value
      [1, 1, 2, 1, 0xFF, 0],  // not UTF-8
      [1, 0x80, 0],  // a number with a needless zero
      [1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],  // a number over 64 bits
      [1, 0, 0xFF, 0x7F],  // more changes than are kept
    ] as [[UInt8]])
  func `what encoding never writes is malformed`(_ bytes: [UInt8]) {
    #expect(throws: RecordError(.malformed, "")) { _ = try FieldRecord.decoding(bytes.span) }
  }

  @Test func `random changes never trap, and what decodes encodes to the same bytes`() throws {
    var random = SeededRandom(3)
    let bytes = encoded(try sample())
    for _ in 0..<20_000 {
      let mutated = random.mutate(bytes)
      do {
        let record = try FieldRecord.decoding(mutated.span)
        #expect(encoded(record) == mutated)
      } catch {
        #expect(error == RecordError(.malformed, ""))
      }
    }
  }

  @Test(arguments: ["", "Name", "1st", "a b", "account", "account.", "account.a b", "a.b", "é"])
  func `what is no name of a field is refused`(_ text: String) { #expect(FieldName(text) == nil) }
}
