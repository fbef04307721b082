import Sodium
import Testing

@testable import Vault

@Suite("The forms that an import writes")
struct ImportFormTests {
  private let yuan = CurrencyCode("CNY") ?? CurrencyCode(packed: 0x434E59)

  @Test("are those that the record codecs write: a chunk")
  func chunk() throws {
    let yuan = try #require(yuan)
    let staging = try ImportStaging(
      key: SharedKey(.random()), group: 0, of: 1, currency: yuan, byteLimit: 1 << 20)
    try ImportSample.feed((0..<60).map(Self.row), staging)
    var places: [Int] = []
    ImportItem.places(0, in: staging, into: &places)
    #expect(places.count == 60)
    var chunk = ImportChunk(currency: yuan)
    var appender = BehaviorAppender(currency: yuan)
    for round in 0..<2 {
      chunk.begin(texts: staging.texts.count)
      for (index, place) in places.enumerated() {
        guard case .event(var event) = ImportItem.content(place, in: staging, currency: yuan) else {
          continue
        }
        if case .transaction(var transaction) = event.detail, !event.refundOf.isEmpty {
          transaction.refundOf = 77
          event.detail = .transaction(transaction)
        }
        let digest = UInt64(index) << 32
        let isAdded = chunk.add(event, digest: digest, texts: staging.texts) != nil
        #expect(isAdded)
        guard round == 0, case .transaction(var transaction) = event.detail else { continue }
        if event.texts.product != 0 {
          transaction.product = try staging.texts.bytes(event.texts.product).withSpan {
            (text) throws(RecordError) in
            try appender.intern(text)
          }
        }
        let outcome = try appender.append(
          BehaviorEvent(
            digest: digest, time: event.time, isDateOnly: false, detail: .transaction(transaction)))
        #expect(outcome == .added)
      }
      var lean = WipedBytes()
      var full = WipedBytes()
      chunk.encode(into: &lean)
      appender.encode(manifest: BehaviorChunk.Manifest(versions: [], totalEvents: 60), into: &full)
      let isEqual = lean.withBytes { lean in full.withBytes { ConstantTime.equal(lean, $0) } }
      #expect(isEqual)
    }
  }

  private static func row(_ index: Int) -> SampleRow {
    var row = SampleRow(account: "a")
    row.time += Int64(index.isMultiple(of: 2) ? index * 100 : index * 7)
    row.amount = Int64(index - 9)
    if index.isMultiple(of: 5) { row.currency = "USD" }
    if !index.isMultiple(of: 3) { row.product = "p\(index % 4)" }
    row.order = "o\(index)"
    if index.isMultiple(of: 7) { row.refundOf = "o1" }
    return row
  }

  @Test("are those that the record codecs write: an identity of an account alone")
  func identity() throws {
    let account = try #require(FieldName.account(at: "shop"))
    let text = Array(String(repeating: "x", count: 200).utf8)
    var record = FieldRecord()
    try record.set(account, to: text.span)
    record.note(FieldChange(time: 1_700_000_000, actor: 9, fields: [account]))
    var full = WipedBytes()
    record.encode(into: &full)
    let arena = try ImportArena(capacity: 4096)
    arena.put(text.span)
    var lean = WipedBytes()
    try ImportIdentity(account, time: 1_700_000_000, actor: 9).encode(arena.lent(8, count: 200), into: &lean)
    let isEqual = lean.withBytes { lean in full.withBytes { ConstantTime.equal(lean, $0) } }
    #expect(isEqual)
  }

  @Test("of local times follow the zone over its changes of the clock")
  func localTimes() throws {
    let berlin = try LocalDays(zone: "Europe/Berlin")
    let shanghai = try LocalDays(zone: "Asia/Shanghai")
    // 2024-07-01 12:00, 2024-01-01 12:00, and around the change of 2024-03-31 02:00.
    #expect(berlin.instant(ofLocal: 1_719_835_200) == 1_719_835_200 - 7200)
    #expect(berlin.instant(ofLocal: 1_704_110_400) == 1_704_110_400 - 3600)
    #expect(berlin.instant(ofLocal: 1_711_846_800) == 1_711_846_800 - 3600)
    #expect(berlin.instant(ofLocal: 1_711_854_000) == 1_711_854_000 - 7200)
    #expect(shanghai.instant(ofLocal: 1_704_110_400) == 1_704_110_400 - 28_800)
  }
}
