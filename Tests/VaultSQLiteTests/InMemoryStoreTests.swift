import Testing
import Vault
import VaultTesting

/// What the in-memory store adds for tests of others.
@Suite("The in-memory store")
struct InMemoryStoreTests {
  @Test("fails the change it is told to fail, once, and rolls back")
  func changes() throws {
    for successes in 0..<3 {
      let store = InMemoryStore()
      store.faults.changesBeforeFailure = successes
      #expect(throws: StoreError(.full, "")) {
        try store.write { (writer) throws in
          for ordinal in Int64(0)..<3 { try writer.insert(Schema.record, .record(1, ordinal)) }
        }
      }
      #expect(try store.count(Schema.record) == 0)
      try store.write { try $0.insert(Schema.record, .record(1, 1)) }
      #expect(try store.count(Schema.record) == 1)
    }
  }

  @Test("commits nothing of a transaction whose body ignores the failure")
  func ignored() throws {
    let store = InMemoryStore()
    store.faults.changesBeforeFailure = 1
    #expect(throws: StoreError(.io, "")) {
      try store.write { writer in
        for ordinal in Int64(0)..<3 { try? writer.insert(Schema.record, .record(1, ordinal)) }
      }
    }
    #expect(try store.count(Schema.record) == 0)
  }

  @Test("fails the commit it is told to fail")
  func commits() throws {
    let store = InMemoryStore()
    store.faults.commitsBeforeFailure = 1
    store.faults.error = StoreError(.io, "ordered")
    try store.write { try $0.insert(Schema.record, .record(1, 1)) }
    #expect(throws: StoreError(.io, "")) { try store.write { try $0.insert(Schema.record, .record(1, 2)) } }
    #expect(try store.count(Schema.record) == 1)
  }

  @Test("is busy when it is told to be, and when another connection writes")
  func busy() throws {
    let store = InMemoryStore(busyTimeout: 0.01)
    let other = store.anotherConnection()
    store.faults.isBusy = true
    #expect(throws: StoreError(.busy, "")) { try other.write { _ in } }
    store.faults.isBusy = false
    _ = try store.write { _ throws in
      #expect(throws: StoreError(.busy, "")) { try other.write { _ in } }
    }
    try other.write { try $0.insert(Schema.record, .record(1, 1)) }
    #expect(try store.count(Schema.record) == 1)
  }

  @Test("can be copied and put back")
  func copies() throws {
    let store = InMemoryStore()
    try store.write { try $0.insert(Schema.directory, .customer(1, [1])) }
    let backup = store.copy()
    try store.write { try $0.delete(Schema.directory, key: [.integer(1)]) }
    #expect(try backup.count(Schema.directory) == 1)
    store.replaceRows(by: backup)
    #expect(try store.count(Schema.directory) == 1)
  }

  @Test("keeps many rows in order")
  func many() throws {
    let store = InMemoryStore()
    let ordinals = Array(Int64(0)..<3_000)
    for batch in 0..<3 {
      try store.write { (writer) throws in
        for ordinal in ordinals.shuffled() where ordinal % 3 == batch {
          try writer.insert(Schema.statement, Row([.integer(ordinal)]))
        }
      }
    }
    #expect(try store.rows(Schema.statement).map(\.firstInteger) == ordinals)
    try store.write { (writer) throws in
      for ordinal in ordinals.shuffled() where ordinal % 2 == 0 {
        try writer.delete(Schema.statement, key: [.integer(ordinal)])
      }
    }
    #expect(try store.rows(Schema.statement).map(\.firstInteger) == ordinals.filter { $0 % 2 == 1 })
    #expect(try store.count(Schema.statement) == 1_500)
  }
}
