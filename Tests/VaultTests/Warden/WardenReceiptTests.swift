import Sodium
import Testing
import VaultTesting

@testable import Vault

@Suite("A warden lends for a receipt")
struct WardenReceiptTests {
  let bench: WardenBench

  init() throws {
    bench = try WardenBench()
    try bench.warden.enrolSample(Array(0..<12))
  }

  @Test("a key of another customer, another class or no customer is refused")
  func oneKey() throws {
    let warden = bench.warden
    let receipt = AccessReceipt.sample([.profile], subjects: .one(3))
    #expect(thrown { _ = try warden.key(of: .profile, ordinal: 3, for: receipt) } == nil)
    #expect(thrown { _ = try warden.key(of: .profile, ordinal: 4, for: receipt) } == .notPermitted)
    #expect(thrown { _ = try warden.key(of: .identity, ordinal: 3, for: receipt) } == .notPermitted)
    #expect(thrown { _ = try warden.key(of: .profile, ordinal: 3, for: .sample()) } == .notPermitted)
    let enrolling = AccessReceipt.sample(maySearch: true, mayEnrol: true)
    #expect(thrown { _ = try warden.key(of: .profile, ordinal: 3, for: enrolling) } == .notPermitted)
  }

  @Test("a page for one customer or none is refused elsewhere, and a page of another class always")
  func pages() throws {
    let warden = bench.warden
    let one = AccessReceipt.sample([.profile], subjects: .one(3))
    #expect(thrown { _ = try warden.keys(of: .profile, in: 4..<9, for: one) } == .notPermitted)
    #expect(thrown { _ = try warden.keys(of: .score, in: 0..<9, for: one) } == .notPermitted)
    #expect(thrown { _ = try warden.keys(of: .score, in: 0..<9, for: .sample()) } == .notPermitted)
    #expect(thrown { _ = try warden.keys(of: .profile, in: 0..<9, for: one) } == nil)
  }

  @Test("within a page, customers that the receipt does not name are withheld")
  func withheld() throws {
    let receipt = AccessReceipt.sample([.profile], subjects: .many(try .of([2, 5])))
    var keys = try bench.warden.keys(of: .profile, in: 0..<14, for: receipt)
    for ordinal: UInt64 in 0..<14 {
      let state = try keys.state(of: ordinal)
      let bytes = try keys.revealed(ordinal)
      if ordinal == 2 || ordinal == 5 {
        #expect(state == .live)
        #expect(try bytes == bench.warden.revealed(.profile, ordinal))
      } else {
        #expect(state == nil)
        #expect(bytes == nil)
      }
    }
  }

  @Test("a page is used again for other customers and another class, with nothing left over")
  func reused() throws {
    let receipt = AccessReceipt.sample(subjects: .many(try .of(0..<5000)))
    var keys = CustomerKeys()
    for _ in 0..<2 {
      try bench.warden.load(&keys, of: .profile, in: 0..<2048, for: receipt)
      #expect(try keys.revealed(11) == bench.warden.revealed(.profile, 11))
      let beyond = try keys.state(of: 12)
      #expect(beyond == .unwritten)
      try bench.warden.load(&keys, of: .score, in: 10..<12, for: receipt)
      #expect(try keys.revealed(11) == bench.warden.revealed(.score, 11))
      try bench.warden.load(&keys, of: .score, in: 2048..<4096, for: receipt)
      let other = try keys.state(of: 2048 + 11)
      #expect(other == .unwritten)
    }
  }

  @Test("a page may lie across two groups of slots")
  func acrossGroups() throws {
    try bench.warden.enrolSample(Array(2040..<2060))
    let receipt = AccessReceipt.sample(subjects: .many(try .of(0..<5000)))
    var keys = try bench.warden.keys(of: .behavior, in: 1000..<3048, for: receipt)
    for ordinal: UInt64 in 2040..<2060 {
      #expect(try keys.revealed(ordinal) == bench.warden.revealed(.behavior, ordinal))
    }
    let last = try keys.state(of: 2060)
    #expect(last == .unwritten)
  }

  @Test("enrolling needs the right to enrol or the customer, and the class always")
  func enrolling() throws {
    let warden = bench.warden
    #expect(thrown { _ = try warden.enrol([20], classes: [.score], for: .sample()) } == .notPermitted)
    #expect(
      thrown { _ = try warden.enrol([20, 21], classes: [.score], for: .sample(subjects: .one(20))) }
        == .notPermitted)
    #expect(
      thrown { _ = try warden.enrol([20], classes: [.score], for: .sample([.profile], mayEnrol: true)) }
        == .notPermitted)
    #expect(try warden.slotState(of: .score, ordinal: 20) == .unwritten)
    #expect(thrown { _ = try warden.enrol([20], classes: [.score], for: .sample(subjects: .one(20))) } == nil)
    #expect(try warden.slotState(of: .score, ordinal: 20) == .live)
  }

  @Test("digests need the right to search or to enrol")
  func digests() throws {
    let warden = bench.warden
    let inner = BLAKE2b.digest256([1])
    let reading = AccessReceipt.sample(subjects: .one(1))
    #expect(thrown { _ = try warden.indexDigest(inner: inner, epoch: 1, for: reading) } == .notPermitted)
    #expect(thrown { _ = try warden.matchingDigest(inner: inner, for: reading) } == .notPermitted)
  }

  @Test("an erased slot gives no key, and cannot be enrolled again")
  func erased() throws {
    let warden = bench.warden
    try bench.erase(.identity, 4)
    #expect(try warden.slotState(of: .identity, ordinal: 4) == .erased)
    #expect(thrown { _ = try warden.revealed(.identity, 4) } == .erased)
    let before = try bench.file.all()
    #expect(thrown { try warden.enrolSample([3, 4, 13]) } == .erased)
    #expect(try bench.file.all() == before)
    var keys = try warden.keys(of: .identity, in: 0..<9, for: .sample(subjects: .many(try .of(0..<9))))
    let bytes = try keys.revealed(4)
    #expect(bytes == nil)
    #expect(try warden.revealed(.profile, 4).count == 32)
  }

  @Test("an ordinal beyond every vault is refused, not computed with")
  func beyond() throws {
    let warden = bench.warden
    for ordinal: UInt64 in [SlotLayout.ordinalLimit, .max] {
      #expect(thrown { _ = try warden.revealed(.identity, ordinal) } == .integrity)
      #expect(thrown { _ = try warden.slotState(of: .identity, ordinal: ordinal) } == .integrity)
      #expect(thrown { try warden.enrolSample([ordinal]) } == .integrity)
    }
  }
}

extension CustomerKeys {
  /// A customer's key bytes, or nil when the page has none.
  mutating func revealed(_ ordinal: UInt64) throws(WardenError) -> [UInt8]? {
    guard case .live(let pointer) = try key(for: ordinal) else { return nil }
    return unsafe Array(UnsafeBufferPointer(start: pointer, count: 32))
  }
}

extension WardenBench {
  /// Puts an erased slot with a good check where a key was, as an erasure will.
  func erase(_ dataClass: DataClass, _ ordinal: UInt64) throws {
    let offset = Int(SlotLayout.offset(of: dataClass, ordinal))
    var slot = try file.read(offset..<offset + 64)
    slot[0] = 2
    for index in 16..<48 { slot[index] = 0 }
    let sipKey = try file.read(64..<80)
    var check = [UInt8](repeating: 0, count: 16)
    unsafe check.withUnsafeMutableBufferPointer { out in
      guard let base = out.baseAddress else { return }
      unsafe SipHash.hash128(key: sipKey, slot, count: 48, into: base)
    }
    try file.write(Array(slot[..<48]) + check, at: offset)
  }
}
