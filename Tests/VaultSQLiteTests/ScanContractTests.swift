import Testing
import Vault

/// What every store does when it visits rows.
@Suite("A scan")
struct ScanContractTests {
  @Test("visits rows in the order of their keys, both ways", arguments: TestedStore.allCases)
  func order(_ tested: TestedStore) throws {
    let digests: [[UInt8]] = [
      [], [0], [0, 0], [0, 0, 1], [0, 1], [0, 255], [1], [1, 0], [127], [128], [255], [255, 0], [255, 255],
      Array(repeating: 255, count: 40),
    ]
    let ordinals: [Int64] = [.min, -300, -1, 0, 1, 255, 256, 1 << 40, 1 << 53 + 1, .max]
    let rows = digests.flatMap { digest in ordinals.map { Row.index(digest, $0) } }
    try tested.use { store in
      try store.write { writer in for row in rows.shuffled() { try writer.insert(Schema.blindIndex, row) } }
      try store.read { (reader) throws in
        #expect(try reader.rows(Schema.blindIndex) == rows)
        #expect(try reader.rows(Schema.blindIndex, descending: true) == rows.reversed())
        for digest in digests {
          let own = ordinals.map { Row.index(digest, $0) }
          #expect(try reader.rows(Schema.blindIndex, prefix: [.blob(digest)]) == own)
          #expect(
            try reader.rows(Schema.blindIndex, prefix: [.blob(digest)], descending: true) == own.reversed())
        }
        #expect(try reader.rows(Schema.blindIndex, prefix: [.blob([2])]).isEmpty)
      }
    }
  }

  @Test("takes a half-open range of the column after the prefix", arguments: TestedStore.allCases)
  func ranges(_ tested: TestedStore) throws {
    try tested.use { store in
      let ordinals: [Int64] = [.min, -5, -1, 0, 3, 4, 9, .max]
      let rows = (1...3).flatMap { dataClass in
        ordinals.flatMap { ordinal in (0..<2).map { Row.record(dataClass, ordinal, $0) } }
      }
      try store.write { writer in for row in rows.shuffled() { try writer.insert(Schema.record, row) } }
      let ranges: [Range<Int64>] = [
        0..<4, -1..<9, Int64.min..<Int64.max, 4..<4, 5..<9, -5 ..< -1, 9..<Int64.max,
      ]
      try store.read { (reader) throws in
        for range in ranges {
          for dataClass in Int64(0)...4 {
            let expected = rows.filter { row in
              guard case .integer(let ordinal) = row.values[1] else { return false }
              return row.firstInteger == dataClass && range.contains(ordinal)
            }
            let prefix: [Value] = [.integer(dataClass)]
            #expect(try reader.rows(Schema.record, prefix: prefix, range: range) == expected)
            let down = try reader.rows(Schema.record, prefix: prefix, range: range, descending: true)
            #expect(down == expected.reversed())
          }
        }
        #expect(try reader.rows(Schema.record, range: 2..<3).count == 16)
        #expect(try reader.rows(Schema.record, prefix: [.integer(2), .integer(3)], range: 1..<9).count == 1)
        #expect(try reader.rows(Schema.record, prefix: [.integer(2), .integer(3), .integer(1)]).count == 1)
      }
    }
  }

  @Test("stops when it is told, and can be begun again", arguments: TestedStore.allCases)
  func stop(_ tested: TestedStore) throws {
    try tested.use { store in
      try store.write { (writer) throws in
        for seq in Int64(0)..<10 { try writer.insert(Schema.statement, Row([.integer(seq)])) }
      }
      try store.read { (reader) throws in
        for _ in 0..<2 {
          var seen: [Int64?] = []
          try reader.scan(Schema.statement, prefix: [], range: nil, descending: true) {
            seen.append($0.firstInteger)
            return seen.count < 3
          }
          #expect(seen == [9, 8, 7])
        }
      }
    }
  }

  @Test("may look things up and scan the same table inside", arguments: TestedStore.allCases)
  func nested(_ tested: TestedStore) throws {
    try tested.use { store in
      try store.write { (writer) throws in
        for seq in Int64(0)..<5 { try writer.insert(Schema.statement, Row([.integer(seq)])) }
      }
      try store.read { (reader) throws in
        var pairs = 0
        try reader.scan(Schema.statement, prefix: [], range: nil, descending: false) { outer in
          #expect(try reader.row(Schema.statement, key: outer.values) == outer)
          try reader.scan(Schema.statement, prefix: [], range: nil, descending: false) { _ in
            pairs += 1
            return true
          }
          return true
        }
        #expect(pairs == 25)
      }
    }
  }

  @Test("refuses that its table is changed meanwhile; others may be", arguments: TestedStore.allCases)
  func changes(_ tested: TestedStore) throws {
    try tested.use { store in
      try store.write { (writer) throws in
        try writer.insert(Schema.record, .record(1, 1))
        let refused = StoreError(.configuration, "")
        try writer.scan(Schema.record, prefix: [], range: nil, descending: false) { row in
          #expect(throws: refused) { try writer.insert(Schema.record, .record(1, 2)) }
          #expect(throws: refused) { try writer.update(Schema.record, row) }
          #expect(throws: refused) { try writer.delete(Schema.record, key: Schema.record.key(of: row)) }
          try writer.insert(Schema.directory, .customer(1, [1]))
          return true
        }
        _ = try writer.records(class: 1, ordinals: 0..<9) {
          #expect(throws: refused) { try writer.insert(Schema.record, .record(1, 2)) }
        }
        try writer.insert(Schema.record, .record(1, 2))
      }
      #expect(try store.count(Schema.record) == 2)
    }
  }

  @Test("ends with the error of its body, and the transaction goes on", arguments: TestedStore.allCases)
  func errors(_ tested: TestedStore) throws {
    struct Stop: Error {}
    try tested.use { store in
      try store.write { (writer) throws in
        try writer.insert(Schema.record, .record(1, 1))
        #expect(throws: Stop.self) {
          try writer.scan(Schema.record, prefix: [], range: nil, descending: false) { _ in throw Stop() }
        }
        #expect(throws: Stop.self) {
          try writer.records(class: 1, ordinals: 0..<9) { throw Stop() }
        }
        try writer.insert(Schema.record, .record(1, 2))
      }
      #expect(try store.count(Schema.record) == 2)
    }
  }

  @Test("of records lends their bytes in key order", arguments: TestedStore.allCases)
  func records(_ tested: TestedStore) throws {
    try tested.use { store in
      let rows = (1...2).flatMap { dataClass in
        (Int64(0)..<50).flatMap { ordinal in
          (0..<(ordinal % 3 + 1)).map { chunk in
            Row.record(dataClass, ordinal, chunk, sealed: Array(repeating: UInt8(chunk), count: Int(ordinal)))
          }
        }
      }
      try store.write { writer in for row in rows.shuffled() { try writer.insert(Schema.record, row) } }
      try store.read { (reader) throws in
        let seen = try reader.records(class: 2, ordinals: 10..<40)
        #expect(
          seen
            == rows.filter { row in
              guard case .integer(let ordinal) = row.values[1] else { return false }
              return row.firstInteger == 2 && (10..<40).contains(ordinal)
            })
        #expect(try reader.records(class: 3, ordinals: 0..<99).isEmpty)
        #expect(try reader.records(class: 2, ordinals: 7..<7).isEmpty)
      }
    }
  }
}
