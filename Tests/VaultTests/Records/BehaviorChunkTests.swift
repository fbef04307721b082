import Sodium
import Testing

@testable import Vault

@Suite struct BehaviorChunkTests {
  private let day: Int64 = 86_400

  private func purchase(_ digest: UInt64, day number: Int64, amount: Int64) -> BehaviorEvent {
    BehaviorEvent(
      digest: digest, time: number * day, isDateOnly: true,
      detail: .transaction(.init(amountMinor: amount, currency: RecordSamples.cny)))
  }

  private func encoded(
    _ appender: borrowing BehaviorAppender,
    _ manifest: BehaviorChunk.Manifest? = .init(versions: [], totalEvents: 0)
  ) -> [UInt8] {
    var out = WipedBytes()
    appender.encode(manifest: manifest, into: &out)
    return RecordSamples.array(out)
  }

  private func events(_ bytes: [UInt8]) throws(RecordError) -> [BehaviorEvent] {
    try BehaviorChunk.withReader(RecordSamples.wiped(bytes), currency: RecordSamples.cny) {
      (reader) throws(RecordError) in
      var events: [BehaviorEvent] = []
      while let event = try reader.next() { events.append(event) }
      return events
    }
  }

  @Test func `three dated purchases in the vault's currency take less than fifty bytes`() throws {
    var appender = BehaviorAppender(currency: RecordSamples.cny)
    let purchases = [
      purchase(0x0102_0304_0506_0708, day: 20_000, amount: 12_800),
      purchase(0x1112_1314_1516_1718, day: 20_031, amount: 9_990),
      purchase(0x2122_2324_2526_2728, day: 20_100, amount: 45_000),
    ]
    for event in purchases { #expect(try appender.append(event) == .added) }
    let bytes = encoded(appender)
    #expect(bytes.count == 46)
    #expect(
      RecordSamples.hex(bytes) == "c1" + "01" + "03" + "00" + "0102030405060708" + "1112131415161718"
        + "2122232425262728" + "08c0b80280c801" + "083e8c9c01" + "088a0190bf05")
    #expect(try events(bytes) == purchases)
  }

  @Test func `every kind of event reads back with all its parts`() throws {
    let sample = try BehaviorSamples.everything()
    #expect(try events(sample.bytes) == sample.events)
    try BehaviorChunk.withReader(RecordSamples.wiped(sample.bytes), currency: RecordSamples.cny) { reader in
      let texts = (0..<reader.dictionary.count).map { index in
        unsafe String(decoding: reader.dictionary[BehaviorEvent.TextIndex(index)], as: UTF8.self)
      }
      #expect(texts == ["tea", "drinks", "app", "call"])
      #expect(reader.eventCount == sample.events.count)
      #expect(!reader.isAscending)
      #expect(reader.dictionary.hash(of: 0) != reader.dictionary.hash(of: 1))
    }
  }

  @Test func `a text that is used again costs one byte`() throws {
    var lengths: [Int] = []
    for count in 1...3 {
      var appender = BehaviorAppender(currency: RecordSamples.cny)
      for number in 0..<count {
        let product = try appender.intern(Array("a product with a long name".utf8).span)
        var event = purchase(UInt64(number), day: 20_000, amount: 100)
        event.detail = .transaction(.init(amountMinor: 100, currency: RecordSamples.cny, product: product))
        #expect(try appender.append(event) == .added)
      }
      lengths.append(encoded(appender).count)
    }
    // Digest 8, kind 1, time 1, amount 2, which texts 1, the text 1.
    #expect(lengths[2] - lengths[1] == 14)
  }

  @Test func `a chunk goes on where it ended, and finds what it has`() throws {
    let sample = try BehaviorSamples.everything()
    var appender = try BehaviorAppender.continuing(sample.bytes.span, currency: RecordSamples.cny)
    #expect(encoded(appender) == sample.bytes)
    #expect(try appender.append(sample.events[0]) == .duplicate)
    let tea = try appender.intern(Array("tea".utf8).span)
    let milk = try appender.intern(Array("milk".utf8).span)
    #expect((tea, milk) == (0, 4))
    let new = purchase(99, day: 21_000, amount: 1)
    let isThere = (
      appender.contains(digest: 99), try appender.append(new) == .added, appender.contains(digest: 99)
    )
    #expect(isThere == (false, true, true))
    let bytes = encoded(appender)
    #expect(try events(bytes) == sample.events + [new])
    try BehaviorChunk.withReader(RecordSamples.wiped(bytes), currency: RecordSamples.cny) { reader in
      #expect(reader.contains(digest: 99))
      #expect(reader.contains(digest: sample.events[2].digest))
      #expect(!reader.contains(digest: 98))
    }
  }

  @Test func `a chunk takes 4,096 events and no more`() throws {
    var appender = BehaviorAppender(currency: RecordSamples.cny)
    for number in 0..<BehaviorChunk.eventLimit {
      #expect(try appender.append(purchase(UInt64(number), day: Int64(number), amount: 1)) == .added)
    }
    #expect(try appender.append(purchase(9_999, day: 1, amount: 1)) == .full)
    #expect(try appender.append(purchase(17, day: 1, amount: 1)) == .duplicate)
    #expect(try events(encoded(appender)).count == BehaviorChunk.eventLimit)
  }

  @Test func `the first chunk names number and version of the others`() throws {
    var appender = BehaviorAppender(currency: RecordSamples.cny)
    #expect(try appender.append(purchase(1, day: 1, amount: 1)) == .added)
    let manifest = BehaviorChunk.Manifest(versions: [5, 300], totalEvents: 5_000)
    try BehaviorChunk.withReader(
      RecordSamples.wiped(encoded(appender, manifest)), currency: RecordSamples.cny
    ) { (reader) throws(RecordError) in
      #expect(reader.manifest == manifest)
      #expect(reader.chunkCount == 3)
      #expect(reader.totalEvents == 5_000)
      try reader.check(chunk: 1, version: 5)
      try reader.check(chunk: 2, version: 300)
      for (chunk, version) in [(0, 1), (1, 4), (2, 5), (3, 1), (.max, 0)] as [(UInt32, UInt64)] {
        #expect(throws: RecordError(.inconsistent, "")) { try reader.check(chunk: chunk, version: version) }
      }
    }
    try BehaviorChunk.withReader(RecordSamples.wiped(encoded(appender, nil)), currency: RecordSamples.cny) {
      #expect($0.manifest == nil)
      #expect($0.totalEvents == 1)
    }
  }

  @Test func `events move to another chunk with their texts`() throws {
    let sample = try BehaviorSamples.everything()
    var appender = BehaviorAppender(currency: RecordSamples.cny)
    _ = try appender.intern(Array("another".utf8).span)
    let source = RecordSamples.wiped(sample.bytes)
    let bytes = try BehaviorChunk.withReader(source, currency: RecordSamples.cny) {
      (reader) throws(RecordError) in
      while let event = try reader.next() {
        #expect(try appender.adopt(event, texts: reader.dictionary) == .added)
      }
      return encoded(appender)
    }
    let moved = try events(bytes)
    #expect(moved.map(\.digest) == sample.events.map(\.digest))
    guard case .transaction(let transaction) = moved[1].detail else { Issue.record("no transaction"); return }
    try BehaviorChunk.withReader(RecordSamples.wiped(bytes), currency: RecordSamples.cny) { reader in
      let product = transaction.product ?? 0
      #expect(unsafe String(decoding: reader.dictionary[product], as: UTF8.self) == "tea")
    }
  }

  @Test func `times before 1970 and steps back are exact`() throws {
    var appender = BehaviorAppender(currency: RecordSamples.cny)
    let times: [Int64] = [-1, -86_400, 0, BehaviorEvent.timeBounds.lowerBound, 253_402_214_400, 5]
    for (index, time) in times.enumerated() {
      let event = BehaviorEvent(
        digest: UInt64(index), time: time, isDateOnly: time % day == 0, detail: .rating(.init()))
      #expect(try appender.append(event) == .added)
    }
    #expect(try events(encoded(appender)).map(\.time) == times)
  }

  @Test func `an event that a chunk cannot hold is refused`() throws {
    var appender = BehaviorAppender(currency: RecordSamples.cny)
    let call = BehaviorEvent.Detail.interaction(.init(kind: 0))
    for event in [
      BehaviorEvent(digest: 1, time: 1, isDateOnly: true, detail: .rating(.init())),
      BehaviorEvent(digest: 1, time: .max, isDateOnly: false, detail: .rating(.init())),
      BehaviorEvent(digest: 1, time: .min, isDateOnly: false, detail: .rating(.init())),
      BehaviorEvent(digest: 1, time: 0, isDateOnly: false, detail: call),
    ] {
      #expect(throws: RecordError(.unusableValue, "")) { try appender.append(event) }
    }
    #expect(throws: RecordError(.unusableValue, "")) { try appender.intern([0xFF, 0xFE].span) }
    let count = appender.count
    #expect(count == 0)
  }

  @Test func `an event shows nothing of itself when it is printed`() throws {
    let event = purchase(1, day: 20_000, amount: 77_777)
    var dumped = ""
    dump(event, to: &dumped)
    #expect(!"\(event) \(event.detail) \(dumped)".contains("77777"))
  }
}
