import Synchronization
import Testing
import Vault

/// What every store does with transactions.
@Suite("A transaction")
struct TransactionContractTests {
  struct Refused: Error {}
  let misuse = StoreError(.configuration, "")

  @Test("that fails leaves nothing behind, and the store goes on", arguments: TestedStore.allCases)
  func rollback(_ tested: TestedStore) throws {
    try tested.use { store in
      try store.write { try $0.insert(Schema.record, .record(1, 1)) }
      #expect(throws: Refused.self) {
        try store.write { (writer) throws in
          try writer.insert(Schema.record, .record(1, 2))
          try writer.update(Schema.record, .record(1, 1, sealed: [9]))
          try writer.insert(Schema.directory, .customer(1, [1]))
          throw Refused()
        }
      }
      #expect(try store.rows(Schema.record) == [.record(1, 1)])
      #expect(try store.count(Schema.directory) == 0)
      try store.write { try $0.insert(Schema.record, .record(1, 2)) }
      #expect(try store.count(Schema.record) == 2)
    }
  }

  @Test("sees its own changes before anyone else", arguments: TestedStore.allCases)
  func ownChanges(_ tested: TestedStore) throws {
    try tested.use { store in
      let reader = try store.readingConnection()
      try store.write { (writer) throws in
        try writer.insert(Schema.record, .record(1, 1))
        #expect(try writer.count(Schema.record) == 1)
        #expect(try reader.count(Schema.record) == 0)
      }
      #expect(try reader.count(Schema.record) == 1)
      try reader.close()
    }
  }

  @Test("returns what its body returns", arguments: TestedStore.allCases)
  func results(_ tested: TestedStore) throws {
    try tested.use { store in
      let read = try store.read { _ in "read" }
      let written = try store.write { _ in 42 }
      #expect(read == "read" && written == 42)
    }
  }

  @Test("inside another one of the same store is refused", arguments: TestedStore.allCases)
  func nested(_ tested: TestedStore) throws {
    try tested.use { store in
      try store.read { _ throws in
        #expect(throws: misuse) { try store.read { _ in } }
        #expect(throws: misuse) { try store.write { _ in } }
      }
      try store.write { (writer) throws in
        #expect(throws: misuse) { try store.read { _ in } }
        #expect(throws: misuse) { try store.write { _ in } }
        try writer.insert(Schema.record, .record(1, 1))
      }
      #expect(try store.count(Schema.record) == 1)
    }
  }

  @Test("cannot be used after its end", arguments: TestedStore.allCases)
  func ended(_ tested: TestedStore) throws {
    try tested.use { store in
      var kept: (any StoreWriter)?
      try store.write { kept = $0 }
      let writer = try #require(kept)
      #expect(throws: misuse) { try writer.insert(Schema.record, .record(1, 1)) }
      #expect(throws: misuse) { try writer.update(Schema.record, .record(1, 1)) }
      #expect(throws: misuse) { try writer.delete(Schema.statement, key: [.integer(1)]) }
      #expect(throws: misuse) { try writer.count(Schema.record) }
      #expect(throws: misuse) { try writer.rows(Schema.record) }
      #expect(throws: misuse) { try writer.row(Schema.statement, key: [.integer(1)]) }
      #expect(throws: misuse) { try writer.hasGoneCustomers(ordinals: 0..<1) }
      #expect(throws: misuse) { try writer.records(class: 1, ordinals: 0..<1) }
    }
  }

  @Test("that reads cannot be turned into one that writes", arguments: TestedStore.allCases)
  func readers(_ tested: TestedStore) throws {
    try tested.use { store in
      try store.read { #expect(!($0 is any StoreWriter)) }
      let reader = try store.readingConnection()
      #expect(throws: misuse) { try reader.write { _ in } }
      #expect(throws: misuse) { try reader.readingConnection().write { _ in } }
      try reader.close()
    }
  }

  @Test("of a closed store is refused", arguments: TestedStore.allCases)
  func closed(_ tested: TestedStore) throws {
    try tested.use { store in
      let reader = try store.readingConnection()
      try reader.close()
      try reader.close()
      #expect(throws: misuse) { try reader.read { _ in } }
      #expect(throws: misuse) { try reader.effectiveSettings() }
      #expect(try store.count(Schema.record) == 0)
    }
  }

  @Test("reads one snapshot, however many threads read and write", arguments: TestedStore.allCases)
  func threads(_ tested: TestedStore) async throws {
    try await tested.useAsync { store in
      // Two rows change together; whoever sees them differ has seen half a transaction.
      try store.write { (writer) throws in
        for ordinal in Int64(0)..<2 { try writer.insert(Schema.record, .record(1, ordinal, sealed: [0])) }
      }
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for round in UInt8(1)...20 {
            try store.write { (writer) throws in
              for ordinal in Int64(0)..<2 {
                try writer.update(Schema.record, .record(1, ordinal, sealed: [round]))
              }
            }
          }
        }
        for _ in 0..<3 {
          let connection = try store.readingConnection()
          group.addTask {
            for _ in 0..<50 {
              let rows = try connection.read { try $0.rows(Schema.record) }
              #expect(rows.count == 2 && rows[0].values[4] == rows[1].values[4])
            }
            try connection.close()
          }
        }
        try await group.waitForAll()
      }
      #expect(
        try store.rows(Schema.record).map { $0.values[4] } == [.blob([20]), .blob([20])])
    }
  }

  @Test("of a shared store waits for the other thread's", arguments: TestedStore.allCases)
  func sharedStore(_ tested: TestedStore) async throws {
    try await tested.useAsync { store in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for thread in Int64(0)..<4 {
          group.addTask {
            for number in Int64(0)..<10 {
              try store.write { try $0.insert(Schema.record, .record(thread, number)) }
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try store.count(Schema.record) == 40)
    }
  }
}
