import Glibc
import Sodium
import Testing
import VaultTesting

@testable import Vault

@Suite("A warden's file")
struct FileWardenTests {
  @Test("a key that was enrolled is lent again after reopening, and differs by customer and class")
  func keysLast() throws {
    let bench = try WardenBench()
    let enrolled = try bench.warden.enrolSample([0, 1, 2047, 2048])
    let again = try bench.reopened()
    var seen: Set<[UInt8]> = []
    for dataClass in DataClass.allCases {
      for ordinal: UInt64 in [0, 1, 2047, 2048] {
        let bytes = try again.revealed(dataClass, ordinal)
        let made = enrolled.key(of: dataClass, ordinal: ordinal)?.revealed()
        #expect(bytes == made)
        seen.insert(bytes)
      }
    }
    #expect(seen.count == 20)
    #expect(enrolled.key(of: .identity, ordinal: 3)?.revealed() == nil)
  }

  @Test("slots lie where the format says, byte for byte", arguments: [0, 1, 2047, 2048, 70_000] as [UInt64])
  func layout(ordinal: UInt64) throws {
    let bench = try WardenBench()
    try bench.warden.enrolSample([ordinal], classes: [.behavior])
    let group = Int(ordinal) / 2048
    let offset = 8192 + (group * 8 + 3) * 131_072 + (Int(ordinal) % 2048) * 64
    let slot = try bench.file.read(offset..<offset + 64)
    let bigEndian = (0..<8).map { UInt8(truncatingIfNeeded: ordinal >> (56 - 8 * $0)) }
    let key = try bench.warden.revealed(.behavior, ordinal)
    #expect(Array(slot[..<48]) == [1, 3, 0, 0, 0, 0, 0, 0] + bigEndian + key)

    let sipKey = try bench.file.read(64..<80)
    var check = [UInt8](repeating: 0, count: 16)
    unsafe check.withUnsafeMutableBufferPointer { out in
      guard let base = out.baseAddress else { return }
      unsafe SipHash.hash128(key: sipKey, slot, count: 48, into: base)
    }
    #expect(Array(slot[48...]) == check)
  }

  @Test("the header names the vault and the file, in both pages")
  func headerLayout() throws {
    let bench = try WardenBench()
    for page in [0, 4096] {
      let bytes = try bench.file.read(page..<page + 4096)
      #expect(Array(bytes[..<16]) == Array("crmvault/warden\n".utf8))
      #expect(Array(bytes[16..<24]) == [0, 1, 0, 0, 0, 0, 0, 0])
      #expect(Array(bytes[32..<48]) == bench.warden.fileID)
      #expect(Array(bytes[48..<64]) == bench.vaultID.bytes)
      #expect(Array(bytes[4064...]) == BLAKE2b.digest256(Array(bytes[..<4064])).bytes)
    }
  }

  @Test("a head is remembered only when it is larger, and lasts")
  func heads() throws {
    let bench = try WardenBench()
    #expect(try bench.warden.head() == nil)
    for size: UInt64 in [3, 7, .max] {
      let head = try RememberedHead.sample(size)
      try bench.warden.remember(head)
      #expect(try bench.reopened().head() == head)
    }
    try bench.warden.remember(.sample(5))
    #expect(try bench.reopened().head()?.size == .max)
    #expect(try bench.warden.hasDamagedHeader() == false)
  }

  @Test("two wardens on one file see each other's heads")
  func sharedHeads() throws {
    let bench = try WardenBench()
    let other = try bench.reopened()
    try bench.warden.remember(.sample(3))
    try other.remember(.sample(2))
    #expect(try other.head()?.size == 3)
    try other.remember(.sample(4))
    #expect(try bench.warden.head()?.size == 4)
  }

  @Test("another root of the same size is a fork")
  func forks() throws {
    let bench = try WardenBench()
    try bench.warden.remember(.sample(3, root: 1))
    let fork = try RememberedHead.sample(3, root: 2)
    #expect(thrown { try bench.warden.remember(fork) } == .integrity)
    #expect(try bench.warden.head()?.root == RememberedHead.sample(3, root: 1).root)
  }

  @Test("the highest ordinal counts every class, and slots that are not good")
  func highest() throws {
    let bench = try WardenBench()
    #expect(try bench.warden.highestOrdinal() == nil)
    try bench.warden.enrolSample([5], classes: [.score])
    #expect(try bench.warden.highestOrdinal() == 5)
    try bench.warden.enrolSample([9], classes: [.identity])
    #expect(try bench.warden.highestOrdinal() == 9)
    try bench.warden.enrolSample([4100], classes: [.profile])
    #expect(try bench.warden.highestOrdinal() == 4100)
    let offset = Int(SlotLayout.offset(of: .identity, 4200))
    try bench.file.write([0, 0, 0, 1], at: offset)
    #expect(try bench.warden.highestOrdinal() == 4200)
    try bench.file.cut(to: 8192)
    #expect(try bench.warden.highestOrdinal() == nil)
  }

  @Test("a live key is kept when it is enrolled again, and a class can be added later")
  func enrolAgain() throws {
    let bench = try WardenBench()
    try bench.warden.enrolSample([1, 2], classes: [.identity])
    let first = try bench.warden.revealed(.identity, 1)
    let before = try bench.file.read(
      Int(SlotLayout.offset(of: .identity, 1))..<Int(SlotLayout.offset(of: .identity, 3)))
    let again = try bench.warden.enrolSample([3, 2, 1, 1], classes: [.identity, .score])
    #expect(again.key(of: .identity, ordinal: 1)?.revealed() == first)
    #expect(try bench.warden.revealed(.identity, 1) == first)
    #expect(
      try bench.file.read(Int(SlotLayout.offset(of: .identity, 1))..<Int(SlotLayout.offset(of: .identity, 3)))
        == before)
    #expect(try bench.warden.revealed(.score, 2).count == 32)
    #expect(try bench.warden.revealed(.identity, 3) == again.key(of: .identity, ordinal: 3)?.revealed())
  }

  @Test("index digests are keyed by the warden: by epoch, by file, and apart from matching tags")
  func digests() throws {
    let bench = try WardenBench()
    let inner = BLAKE2b.digest256([1, 2, 3])
    let digest = try bench.warden.indexDigest(inner: inner, epoch: 1, for: .sample(maySearch: true))
    let tag = try bench.warden.matchingDigest(inner: inner, for: .sample(mayEnrol: true))
    #expect(Set([digest, tag, inner]).count == 3)
    let again = try bench.reopened()
    #expect(try again.indexDigest(inner: inner, epoch: 1, for: .sample(maySearch: true)) == digest)
    #expect(try again.matchingDigest(inner: inner, for: .sample(maySearch: true)) == tag)
    let other = try WardenBench()
    #expect(try other.warden.indexDigest(inner: inner, epoch: 1, for: .sample(maySearch: true)) != digest)
    #expect(
      thrown { _ = try again.indexDigest(inner: inner, epoch: 2, for: .sample(maySearch: true)) }
        == .configuration)

    let stored = try bench.file.read(4096 + 32 + 2224..<4096 + 32 + 2224 + 36)
    let key = try Key<WardenIndexKeyPurpose>.copying(Array(stored[4...]).span)
    #expect(Array(stored[..<4]) == [0, 0, 0, 1])
    #expect(BLAKE2b.keyed256(key: key, inner.bytes) == digest)
  }

  @Test("a header has room for the index keys of 50 epochs, each its own")
  func indexEpochs() throws {
    let vaultID = try #require(VaultID([UInt8](repeating: 1, count: 16)))
    var header = WardenHeader(fileID: SecureRandom.bytes(16), vaultID: vaultID, indexEpoch: 1)
    for epoch: UInt32 in 2...50 {
      let isAdded = header.addIndexKey(epoch: epoch)
      let isAddedTwice = header.addIndexKey(epoch: epoch)
      #expect(isAdded && !isAddedTwice)
    }
    let isBeyond = header.addIndexKey(epoch: 51)
    #expect(!isBeyond)
    header.remember(try .sample(.max))
    var keys: Set<[UInt8]> = []
    for epoch: UInt32 in 1...50 {
      keys.insert(try #require(try header.indexKey(epoch: epoch)).key.revealed())
    }
    #expect(keys.count == 50)
    let head = header.head
    #expect(try head == .sample(.max))
    let beyond = try header.indexKey(epoch: 51)
    #expect(beyond == nil)
  }
}
