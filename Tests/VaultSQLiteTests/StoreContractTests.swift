import Testing
import Vault

/// What every store does, row by row.
@Suite("A store")
struct StoreContractTests {
  @Test("gives back each row of each table as it was put in", arguments: TestedStore.allCases)
  func roundTrip(_ tested: TestedStore) throws {
    try tested.use { store in
      for table in Schema.tables {
        let rows = (1...3).map { Schema.sample(table, $0) }
        try store.write { writer in for row in rows { try writer.insert(table, row) } }
        try store.read { (reader) throws in
          #expect(try reader.rows(table) == rows)
          #expect(try reader.count(table) == 3)
          for row in rows { #expect(try reader.row(table, key: table.key(of: row)) == row) }
        }
      }
    }
  }

  @Test("has no row that was not put in", arguments: TestedStore.allCases)
  func absence(_ tested: TestedStore) throws {
    try tested.use { store in
      try store.read { (reader) throws in
        for table in Schema.tables {
          #expect(try reader.row(table, key: table.key(of: Schema.sample(table, 1))) == nil)
          #expect(try reader.rows(table).isEmpty)
          #expect(try reader.count(table) == 0)
        }
        #expect(try !reader.hasGoneCustomers(ordinals: 0..<Int64.max))
      }
    }
  }

  @Test("keeps values at the edges of their types", arguments: TestedStore.allCases)
  func edges(_ tested: TestedStore) throws {
    try tested.use { store in
      let texts = ["", "a", "客户 é\u{301} 👩‍👩‍👧", "zero \u{0} inside", "'; DROP TABLE policy; --"]
      let blobs: [[UInt8]] = [[], [0], [0, 0], [0, 255], [255], Array(repeating: 0xa5, count: 200_000)]
      let integers: [Int64] = [.min, -1, 0, 1, 1 << 53 + 1, .max]
      try store.write { (writer) throws in
        for (index, text) in texts.enumerated() {
          try writer.insert(Schema.policy, .policy([UInt8(index)], text))
        }
        for (index, blob) in blobs.enumerated() {
          try writer.insert(Schema.record, .record(1, Int64(index), sealed: blob))
        }
        for integer in integers { try writer.insert(Schema.statement, Row([.integer(integer)])) }
      }
      try store.read { (reader) throws in
        #expect(try reader.rows(Schema.policy).map { $0.values[1] } == texts.map { .text($0) })
        #expect(try reader.rows(Schema.record).map { $0.values[4] } == blobs.map { .blob($0) })
        #expect(try reader.rows(Schema.statement).map(\.firstInteger) == integers)
      }
    }
  }

  @Test("keeps null and value apart in a nullable column", arguments: TestedStore.allCases)
  func nullable(_ tested: TestedStore) throws {
    try tested.use { store in
      let key: [Value] = [.integer(5)]
      let sealed: [Value] = [.blob([1, 2]), .blob([])]
      let bare = Row(key + [.integer(1), .integer(2), .blob([9]), .null, .null])
      let full = Row(key + [.integer(1), .integer(2), .blob([9])] + sealed)
      try store.write { try $0.insert(Schema.entry, bare) }
      #expect(try store.row(Schema.entry, key: key) == bare)
      try store.write { try $0.update(Schema.entry, full) }
      #expect(try store.row(Schema.entry, key: key) == full)
      try store.write { try $0.update(Schema.entry, bare) }
      #expect(try store.row(Schema.entry, key: key) == bare)
    }
  }

  @Test("updates and deletes one row and leaves its neighbours", arguments: TestedStore.allCases)
  func change(_ tested: TestedStore) throws {
    try tested.use { store in
      try store.write { (writer) throws in
        for ordinal in 1...3 { try writer.insert(Schema.record, .record(2, Int64(ordinal))) }
        try writer.update(Schema.record, .record(2, 2, sealed: [42]))
        try writer.delete(Schema.record, key: [.integer(2), .integer(3), .integer(0)])
      }
      #expect(try store.rows(Schema.record) == [.record(2, 1), .record(2, 2, sealed: [42])])
    }
  }

  @Test("refuses to insert a row that exists, and the transaction goes on", arguments: TestedStore.allCases)
  func insertExisting(_ tested: TestedStore) throws {
    try tested.use { store in
      for table in Schema.tables {
        let row = Schema.sample(table, 1)
        try store.write { (writer) throws in
          try writer.insert(table, row)
          #expect(throws: StoreError(.exists, "")) { try writer.insert(table, row) }
          try writer.insert(table, Schema.sample(table, 2))
        }
        #expect(try store.count(table) == 2)
      }
    }
  }

  @Test("refuses to update or delete a row that is missing", arguments: TestedStore.allCases)
  func missing(_ tested: TestedStore) throws {
    try tested.use { store in
      for table in Schema.tables {
        let row = Schema.sample(table, 1)
        try store.write { (writer) throws in
          #expect(throws: StoreError(.missing, "")) { try writer.update(table, row) }
          #expect(throws: StoreError(.missing, "")) { try writer.delete(table, key: table.key(of: row)) }
          try writer.insert(table, row)
          try writer.update(table, row)
        }
        #expect(try store.rows(table) == [row])
      }
    }
  }

  @Test("knows who of a range is gone", arguments: TestedStore.allCases)
  func goneCustomers(_ tested: TestedStore) throws {
    try tested.use { store in
      func row(_ ordinal: Int64, state: Int64) -> Row {
        Row([.integer(ordinal), .blob([1]), .integer(state), state == 1 ? .integer(0) : .null])
      }
      try store.write { (writer) throws in
        for ordinal in Int64(0)..<9 { try writer.insert(Schema.directory, row(ordinal, state: 0)) }
        #expect(try !writer.hasGoneCustomers(ordinals: 0..<9))
        try writer.update(Schema.directory, row(4, state: 1))
        try writer.update(Schema.directory, row(7, state: 2))
      }
      try store.read { (reader) throws in
        let ranges: [(Range<Int64>, Bool)] = [
          (0..<4, false), (4..<5, true), (5..<7, false), (0..<9, true), (7..<8, true), (8..<9, false),
        ]
        for (range, isGone) in ranges { #expect(try reader.hasGoneCustomers(ordinals: range) == isGone) }
        #expect(try reader.surveyDirectory(ordinals: 3..<6) == (count: 3, highestState: 1))
      }
    }
  }

  @Test(
    "refuses rows, keys, prefixes and ranges that do not fit their table", arguments: TestedStore.allCases)
  func misfits(_ tested: TestedStore) throws {
    let refused = StoreError(.configuration, "")
    try tested.use { store in
      try store.write { (writer) throws in
        let record = Row.record(1, 1)
        for index in record.values.indices {
          for wrong: Value in [.null, .text("1"), index == 4 ? .integer(1) : .blob([1])] {
            var row = record
            row.values[index] = wrong
            #expect(throws: refused) { try writer.insert(Schema.record, row) }
            #expect(throws: refused) { try writer.update(Schema.record, row) }
          }
        }
        #expect(throws: refused) { try writer.insert(Schema.record, Row(Array(record.values.dropLast()))) }
        #expect(throws: refused) { try writer.insert(Schema.record, Row(record.values + [.null])) }
        #expect(throws: refused) { try writer.row(Schema.record, key: [.integer(1)]) }
        #expect(throws: refused) { try writer.delete(Schema.record, key: [.integer(1), .integer(1), .null]) }
        #expect(throws: refused) { try writer.rows(Schema.record, prefix: [.text("1")]) }
        #expect(throws: refused) { try writer.rows(Schema.record, prefix: record.values) }
        #expect(throws: refused) { try writer.rows(Schema.blindIndex, range: 0..<1) }
        let key = Array(record.values.prefix(3))
        #expect(throws: refused) { try writer.rows(Schema.record, prefix: key, range: 0..<1) }
        let unknown = Table("sqlite_schema", code: 200, key: [.text("name")], columns: [])
        #expect(throws: refused) { try writer.count(unknown) }
      }
      #expect(try store.count(Schema.record) == 0)
    }
  }
}
