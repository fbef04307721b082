import AuditLog
import Scoring
import Sodium
import Testing
import VaultTesting

@testable import Vault

/// Blocks in a vault: written in a transaction with its entry, and attacked by whoever owns the disk.
struct StoredBlockTests {
  private static let series = SlotSeries(
    .score, .ledger, object: BlockAddress.Object(high: 1, low: 2), contentCount: 16)

  /// A vault of 300 customers, everybody's slot written.
  private static func vault() throws -> SampleVault {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(300) { ScoreScanTests.history($0 % 4 + 1) }
    try vault.session().changeSlots(Self.series) { changes, keys in
      for ordinal in 0..<300 as Range<UInt64> {
        guard let key = unsafe keys.pointer(of: .score, ordinal: ordinal) else { return }
        unsafe changes.put(
          BlockSamples.content(ordinal, Self.series).span, of: ordinal, customerKey: key)
      }
    }
    return vault
  }

  /// Everybody's content.
  private static func read(_ vault: SampleVault, _ series: SlotSeries = series) throws -> [UInt64: [UInt8]] {
    var found: [UInt64: [UInt8]] = [:]
    try vault.session().visitSlots(series) { ordinal, content in
      found[ordinal] = RecordSamples.array(content)
    }
    return found
  }

  private static func edit(_ vault: SampleVault, first: Int64, _ change: (inout Row) -> Void) throws {
    try vault.store.write { writer in
      let key = series.rowPrefix + [.integer(first)]
      guard var row = try writer.row(Schema.block, key: key) else { return }
      change(&row)
      try writer.delete(Schema.block, key: key)
      try writer.insert(Schema.block, row)
    }
  }

  @Test func `what was written comes back, in one row for 128 customers`() throws {
    let vault = try Self.vault()
    let found = try Self.read(vault)
    #expect(found.count == 300)
    #expect(found.allSatisfy { $0.value == BlockSamples.content($0.key, Self.series) })
    var rows = 0
    try vault.store.read { reader in
      try SlottedBlockRow.scan(Self.series, 0..<300, reader) { row in
        rows += 1
        return row.version == 0
      }
    }
    #expect(rows == 3)
  }

  @Test func `clearing one slot leaves the others, raises the version and keeps the state commitment`()
    async throws
  {
    let vault = try Self.vault()
    try vault.session().changeSlots(Self.series) { changes, _ in changes.clear(130) }
    try vault.session().changeSlots(Self.series) { changes, _ in changes.clear(130) }
    let found = try Self.read(vault)
    #expect(found.count == 299 && found[130] == nil)
    let row = try vault.store.read { try SlottedBlockRow.stored(Self.series, first: 128, $0) }
    #expect(row?.version == 1)
    let report = try await vault.session().verifyVault(LogAnchor(), isDeep: false, purpose: nil, workers: 1)
    #expect(report.isOK, "\(report.problems)")
  }

  @Test func `a block in another one's place, or with a changed byte, is refused`() throws {
    let swapped = try Self.vault()
    var values: [Int64: [Value]] = [:]
    for first in [0, 128] as [Int64] { try Self.edit(swapped, first: first) { values[first] = $0.values } }
    try Self.edit(swapped, first: 0) { $0.values[5] = values[128]?[5] ?? .null }
    #expect(throws: RecordError(.forged, "")) { _ = try Self.read(swapped) }
    let flipped = try Self.vault()
    try Self.edit(flipped, first: 128) { row in
      guard case .blob(var sealed) = row.values[5] else { return }
      sealed[sealed.count / 2] ^= 1
      row.values[5] = .blob(sealed)
    }
    #expect(throws: RecordError(.forged, "")) { _ = try Self.read(flipped) }
  }

  @Test func `a block of another vault does not open`() throws {
    let (vault, other) = (try Self.vault(), try Self.vault())
    var foreign: Value = .null
    try Self.edit(other, first: 0) { foreign = $0.values[5] }
    try Self.edit(vault, first: 0) { $0.values[5] = foreign }
    #expect(throws: RecordError(.wrongKey, "")) { _ = try Self.read(vault) }
  }

  @Test func `an older version that is put back is found by verify`() async throws {
    let vault = try Self.vault()
    var old: [Value] = []
    try Self.edit(vault, first: 0) { old = $0.values }
    try vault.session().changeSlots(Self.series) { changes, _ in changes.clear(5) }
    try Self.edit(vault, first: 0) { $0.values = old }
    #expect(try Self.read(vault).count == 300)
    let report = try await vault.session().verifyVault(LogAnchor(), isDeep: false, purpose: nil, workers: 1)
    #expect(report.problems.contains { $0.code == .rows })
  }

  @Test func `a removed or added block is found by verify`() async throws {
    for isAdded in [false, true] {
      let vault = try Self.vault()
      try vault.store.write { writer in
        guard var row = try writer.row(Schema.block, key: Self.series.rowPrefix + [.integer(0)]) else {
          return
        }
        if isAdded {
          row.values[3] = .integer(512)
          try writer.insert(Schema.block, row)
        } else {
          try writer.delete(Schema.block, key: Self.series.rowPrefix + [.integer(0)])
        }
      }
      let report = try await vault.session().verifyVault(LogAnchor(), isDeep: false, purpose: nil, workers: 1)
      #expect(!report.isOK)
    }
  }

  @Test func `a series goes away piece by piece, and no other with it`() throws {
    let vault = try Self.vault()
    let other = SlotSeries(
      .score, .ledger, object: BlockAddress.Object(high: 1, low: 3), contentCount: 16)
    try vault.session().changeSlots(other) { changes, keys in
      guard let key = unsafe keys.pointer(of: .score, ordinal: 9) else { return }
      unsafe changes.put(BlockSamples.content(9, other).span, of: 9, customerKey: key)
    }
    var removed: [Int] = []
    repeat {
      removed.append(try vault.session().removeSlots(Self.series, atMost: 2))
    } while removed.last != 0
    #expect(removed == [2, 1, 0])
    #expect(try Self.read(vault).isEmpty)
    #expect(try Self.read(vault, other).count == 1)
  }
}

extension Session {
  /// Changes slots in one transaction with an entry, whatever the series.
  func changeSlots(_ series: SlotSeries, _ body: (SlotChanges, EnrolledKeys) throws -> Void) throws {
    let request = AccessRequest(.scoreRun, classes: [series.dataClass], enrols: true)
    let verdict: Verdict<Void> = try change(request) { commit, context, _ in
      let ordinals = Array(0..<context.universe)
      let receipt = AccessReceipt(
        mintedFor: context.entry, classes: context.classes,
        subjects: .many(try .all(universe: context.universe)),
        maySearch: false, mayEnrol: true)
      let keys = try environment.warden.enrol(ordinals, classes: [series.dataClass], for: receipt)
      let changes = SlotChanges(series)
      try body(changes, keys)
      try changes.write(
        vault: context.vaultID, key: context.keys.classKey(series.dataClass, context.reader), commit)
      return .granted(())
    }
    guard case .granted = verdict else { throw VaultError(.notPermitted, "refused") }
  }

  /// Removes blocks in one transaction with an entry.
  func removeSlots(_ series: SlotSeries, atMost limit: Int) throws -> Int {
    let request = AccessRequest(.scoreRun, classes: [.score])
    let verdict: Verdict<Int> = try change(request) { commit, _, _ in
      .granted(try SlottedBlocks.remove(series, atMost: limit, commit))
    }
    guard case .granted(let count) = verdict else { throw VaultError(.notPermitted, "refused") }
    return count
  }

  /// Reads everybody's slots of a series.
  func visitSlots(_ series: SlotSeries, _ body: (UInt64, Span<UInt8>) throws -> Void) throws {
    let request = AccessRequest(.scoreRun, subject: .everybody, classes: [series.dataClass])
    try access(request) { context in
      try context.keys.classKey(series.dataClass, context.reader)
    } release: { receipt, context, key in
      let blocks = SlottedBlocks(series: series, vault: context.vaultID, classKey: key)
      var keys = CustomerKeys()
      try environment.store.read { reader in
        try blocks.visit(0..<context.universe, reader, environment.warden, &keys, for: receipt, body)
      }
    }
  }
}

extension StoredBlockTests {
  @Test func `an erased customer's slots are emptied in every series of the class, the others' are not`()
    throws
  {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(10) { ScoreScanTests.history($0 % 4 + 1) }
    let session = vault.session()
    for name in ["one", "two"] {
      _ = try session.savingScores(as: name, purpose: nil) {
        let scored = try session.scoreEverybody(try ScoreScanTests.plan(.loyalty), purpose: nil)
        return ((), scored.toSave)
      }
    }
    let verdict: Session.Verdict<Void> = try session.change(
      AccessRequest(.scoreRun, classes: [.behavior, .score])
    ) { commit, context, _ in
      for dataClass in [DataClass.behavior, .score] {
        try SlotErasure.clear(
          [3], of: dataClass, vault: context.vaultID,
          key: context.keys.classKey(dataClass, context.reader), commit)
      }
      return .granted(())
    }
    guard case .granted = verdict else { throw VaultError(.notPermitted, "refused") }
    #expect(try session.compareSavedRuns(("one", "two"), column: nil, purpose: nil).movements.count == 9)
    var kept: [UInt64] = []
    try session.visitSlots(.statistics) { ordinal, _ in kept.append(ordinal) }
    #expect(kept == [0, 1, 2, 4, 5, 6, 7, 8, 9])
  }

  @Test func `a block that is sealed anew has the same slots and the next version`() throws {
    let block = BlockSamples.block([128, 130])
    let row = SlottedBlockRow(
      sealing: block, version: 4, vault: RecordSamples.vault, classKey: RecordSamples.key(1))
    let read = try SlottedBlockRow(row.row)
    #expect(read.series == BlockSamples.series && read.first == 128 && read.version == 4)
    let anew = try read.resealed(
      vault: RecordSamples.vault, from: RecordSamples.key(1), to: RecordSamples.key(2))
    #expect(anew.version == 5)
    let opened = try BlockSamples.open(anew.sealed, version: 5, classKey: 2)
    let content = try BlockSamples.read(opened, 130)
    #expect(content == BlockSamples.content(130))
  }
}
