import Glibc
import Sodium
import Testing
import VaultTesting

@testable import Vault

@Suite("Whoever changes a warden's file")
struct WardenAttackTests {
  static let patterns: [UInt8] = [0x01, 0x80, 0xFF]

  @Test("gets no wrong key out of any byte of a slot", arguments: patterns)
  func slotBytes(pattern: UInt8) throws {
    let bench = try WardenBench()
    try bench.warden.enrolSample([0, 1, 2])
    try bench.erase(.consent, 1)
    for dataClass in DataClass.allCases {
      let keys = try [0, 2].map { try bench.warden.revealed(dataClass, $0) }
      let start = Int(SlotLayout.offset(of: dataClass, 1))
      let slot = try bench.file.read(start..<start + 64)
      for index in 0..<64 {
        try bench.file.write([slot[index] ^ pattern], at: start + index)
        #expect(thrown { _ = try bench.warden.revealed(dataClass, 1) } == .integrity)
        #expect(thrown { _ = try bench.warden.slotState(of: dataClass, ordinal: 1) } == .integrity)
        #expect(thrown { try bench.warden.enrolSample([1], classes: [dataClass]) } == .integrity)
        try bench.file.write([slot[index]], at: start + index)
      }
      #expect(try [0, 2].map { try bench.warden.revealed(dataClass, $0) } == keys)
    }
  }

  @Test("gets no key out of a slot that was never written", arguments: patterns)
  func unwrittenBytes(pattern: UInt8) throws {
    let bench = try WardenBench()
    try bench.warden.enrolSample([0, 2])
    let start = Int(SlotLayout.offset(of: .profile, 1))
    for index in 0..<64 {
      try bench.file.write([pattern], at: start + index)
      #expect(thrown { _ = try bench.warden.revealed(.profile, 1) } == .integrity)
      try bench.file.write([0], at: start + index)
    }
    #expect(try bench.warden.slotState(of: .profile, ordinal: 1) == .unwritten)
  }

  @Test("finds every page and batch of keys refusing a changed slot, and the others as they were")
  func bulk() throws {
    let bench = try WardenBench()
    try bench.warden.enrolSample(Array(0..<100))
    try bench.file.write([9], at: Int(SlotLayout.offset(of: .score, 50)) + 20)
    let receipt = AccessReceipt.sample(subjects: .many(try .of(0..<100)))
    var keys = try bench.warden.keys(of: .score, in: 0..<100, for: receipt)
    for ordinal: UInt64 in 0..<100 where ordinal != 50 {
      #expect(try keys.revealed(ordinal) == bench.warden.revealed(.score, ordinal))
    }
    for _ in 0..<2 {
      var code: WardenError.Code?
      do { _ = try keys.revealed(50) } catch { code = error.code }
      #expect(code == .integrity)
    }
    #expect(thrown { _ = try bench.warden.slotStates(of: .score, in: 0..<100) } == .integrity)
    #expect(
      try bench.warden.slotStates(of: .profile, in: 0..<100) == [SlotState](repeating: .live, count: 100))
  }

  @Test("cannot move a slot to another customer or class")
  func moved() throws {
    let bench = try WardenBench()
    try bench.warden.enrolSample([0, 1])
    let source = Int(SlotLayout.offset(of: .identity, 0))
    let slot = try bench.file.read(source..<source + 64)
    try bench.file.write(slot, at: Int(SlotLayout.offset(of: .identity, 1)))
    try bench.file.write(slot, at: Int(SlotLayout.offset(of: .profile, 0)))
    #expect(thrown { _ = try bench.warden.revealed(.identity, 1) } == .integrity)
    #expect(thrown { _ = try bench.warden.revealed(.profile, 0) } == .integrity)
  }

  @Test("cannot bring a slot over from another vault's file")
  func foreignSlot() throws {
    let bench = try WardenBench()
    let other = try WardenBench()
    try bench.warden.enrolSample([0])
    try other.warden.enrolSample([0])
    let offset = Int(SlotLayout.offset(of: .identity, 0))
    try bench.file.write(try other.file.read(offset..<offset + 64), at: offset)
    #expect(thrown { _ = try bench.warden.revealed(.identity, 0) } == .integrity)
  }

  @Test("makes one header count for nothing, by any byte of it", arguments: patterns)
  func headerBytes(pattern: UInt8) throws {
    let bench = try WardenBench()
    try bench.warden.enrolSample([0])
    try bench.warden.remember(.sample(3))
    try bench.warden.remember(.sample(5))
    let bytes = try bench.file.read(0..<8192)
    let key = try bench.warden.revealed(.identity, 0)
    // The first page has the head of size 3, the second that of size 5.
    for index in stride(from: 0, to: 8192, by: 1) {
      try bench.file.write([bytes[index] ^ pattern], at: index)
      let warden = try bench.reopened()
      let expected: UInt64 = index < 4096 ? 5 : 3
      let size = try warden.head()?.size
      if size != expected { Issue.record("byte \(index): \(String(describing: size))") }
      if index.isMultiple(of: 512) {
        #expect(try warden.hasDamagedHeader())
        #expect(try warden.revealed(.identity, 0) == key)
      }
      try bench.file.write([bytes[index]], at: index)
    }
  }

  @Test("is refused when both headers are changed, or anything but a whole warden's file is there")
  func bothHeaders() throws {
    let bench = try WardenBench()
    try bench.warden.enrolSample([0])
    let bytes = try bench.file.all()
    try bench.file.write([bytes[100] ^ 1], at: 100)
    try bench.file.write([bytes[5000] ^ 1], at: 5000)
    #expect(thrown { _ = try bench.reopened() } == .integrity)
    #expect(thrown { _ = try bench.warden.head() } == .integrity)
    try bench.file.replace(by: [UInt8](repeating: 0, count: bytes.count))
    #expect(thrown { _ = try bench.reopened() } == .integrity)
    // What is cut off reads as zeros: a page whose last byte is one, as every 256th is, would be whole at 4,095.
    for size in [0, 1, 100, 4000] {
      try bench.file.replace(by: Array(bytes[..<size]))
      #expect(thrown { _ = try bench.reopened() } == .integrity)
    }
    // Swapped pages: a generation belongs to a page.
    try bench.file.replace(by: Array(bytes[4096..<8192] + bytes[..<4096]))
    #expect(thrown { _ = try bench.reopened() } == .integrity)
  }

  @Test(
    "takes keys away by cutting the file, and never changes one",
    arguments: [4096, 8192, 9000, 139_400, 270_400])
  func cut(size: Int) throws {
    let bench = try WardenBench()
    try bench.warden.enrolSample([0, 1, 2])
    var keys: [[UInt8]] = []
    for dataClass in DataClass.allCases {
      for ordinal: UInt64 in 0..<3 { keys.append(try bench.warden.revealed(dataClass, ordinal)) }
    }
    try bench.file.cut(to: size)
    let warden = try bench.reopened()
    var missing = 0
    for (place, key) in keys.enumerated() {
      let dataClass = DataClass.allCases[place / 3]
      do throws(WardenError) {
        #expect(try warden.revealed(dataClass, UInt64(place % 3)) == key)
      } catch {
        #expect(error.code == .integrity)
        missing += 1
      }
    }
    #expect(missing > 0)
  }

  @Test("is found out when another vault's file, or a second file for this vault, takes its place")
  func swapped() throws {
    let bench = try WardenBench(vault: 1)
    let other = try WardenBench(vault: 2)
    let second = try WardenBench(vault: 1)
    let (vaultID, fileID) = (bench.vaultID, bench.warden.fileID)
    #expect(thrown { try bench.reopened().verify(vaultID: vaultID, fileID: fileID) } == nil)
    let head = try RememberedHead.sample(9)
    for replacement in [other, second] {
      try bench.file.replace(by: replacement.file.all())
      #expect(thrown { try bench.reopened().verify(vaultID: vaultID, fileID: fileID) } == .integrity)
      #expect(thrown { _ = try bench.warden.head() } == .integrity)
      #expect(thrown { try bench.warden.remember(head) } == .integrity)
    }
  }

  @Test("who puts an older copy back shows it by the head, and by keys that are not there")
  func olderCopy() throws {
    let bench = try WardenBench()
    try bench.warden.enrolSample([0])
    try bench.warden.remember(.sample(3))
    let old = try bench.file.all()
    try bench.warden.enrolSample([1])
    try bench.warden.remember(.sample(4))
    try bench.file.replace(by: old)
    let warden = try bench.reopened()
    #expect(try warden.head()?.size == 3)
    #expect(try warden.slotState(of: .identity, ordinal: 1) == .unwritten)
    #expect(thrown { _ = try warden.revealed(.identity, 1) } == .integrity)
    #expect(try warden.revealed(.identity, 0).count == 32)
  }
}
