import Foundation
import Glibc
import Sodium
import Testing
import VaultTesting

@testable import Vault

@Suite("A warden's file in trouble")
struct WardenFaultTests {
  @Test("is never made by opening, and never made twice")
  func creation() throws {
    let bench = try WardenBench()
    #expect(thrown { _ = try FileWarden.open(path: bench.folder.file("none")) } == .missing)
    #expect(thrown { _ = try FileWarden.open(path: bench.folder.file("no/folder")) } == .missing)
    let before = try bench.file.all()
    #expect(
      thrown {
        _ = try FileWarden.create(path: bench.path, vaultID: bench.vaultID, fileID: bench.warden.fileID)
      } == .exists)
    #expect(try bench.file.all() == before)
    let lost = bench.folder.file("no/folder")
    #expect(
      thrown { _ = try FileWarden.create(path: lost, vaultID: bench.vaultID, fileID: bench.warden.fileID) }
        == .missing)
  }

  @Test("belongs to its owner, may be shared by group, and not with others")
  func modes() throws {
    let bench = try WardenBench()
    #expect(try bench.file.mode() == 0o600)
    try bench.file.setMode(0o660)
    #expect(thrown { _ = try bench.reopened() } == nil)
    try bench.warden.remember(.sample(1))
    #expect(try bench.file.mode() == 0o660)
    for mode: mode_t in [0o604, 0o602, 0o601, 0o666] {
      try bench.file.setMode(mode)
      #expect(thrown { _ = try bench.reopened() } == .configuration)
    }
  }

  @Test("is not followed through a symbolic link, and no folder or pipe")
  func kinds() throws {
    let bench = try WardenBench()
    let link = bench.folder.file("link")
    try #require(unsafe symlink(bench.path, link) == 0)
    #expect(thrown { _ = try FileWarden.open(path: link) } == .configuration)
    #expect(
      thrown { _ = try FileWarden.create(path: link, vaultID: bench.vaultID, fileID: bench.warden.fileID) }
        == .exists)
    #expect(thrown { _ = try FileWarden.open(path: bench.folder.path) } == .configuration)
    let pipe = bench.folder.file("pipe")
    try #require(unsafe mkfifo(pipe, 0o600) == 0)
    #expect(thrown { _ = try FileWarden.open(path: pipe) } == .configuration)
  }

  @Test("of a newer format is refused as such")
  func newerFormat() throws {
    let bench = try WardenBench()
    let file = try PositionedFile.open(path: bench.path)
    let header = WardenHeader(fileID: bench.warden.fileID, vaultID: bench.vaultID, indexEpoch: 1)
    var newer = AlternatingPages(magic: FileWarden.magic, version: 2)
    try newer.write(header.content, to: file)
    #expect(thrown { _ = try bench.reopened() } == .configuration)
  }

  @Test("torn in a header write at any place has the head from before or after")
  func tornHeader() throws {
    let bench = try WardenBench()
    try bench.warden.remember(.sample(3))
    try bench.warden.remember(.sample(5))
    let before = try bench.file.read(0..<8192)
    try bench.warden.remember(.sample(7))
    let after = try bench.file.read(0..<8192)
    #expect(before[4096...] == after[4096...])
    for cut in [0, 1, 24, 31, 32, 160, 512, 2000, 4000, 4063, 4064, 4095, 4096] {
      try bench.file.write(Array(after[..<cut] + before[cut...]), at: 0)
      let size = try bench.reopened().head()?.size
      #expect(size == (cut == 4096 ? 7 : 5))
      try bench.reopened().remember(.sample(7))
      #expect(try bench.reopened().head()?.size == 7)
      #expect(try bench.reopened().hasDamagedHeader() == false)
    }
  }

  @Test("an enrolment that was killed half-way is taken up again by the next", arguments: [0, 1, 3, 9, 15])
  func halfEnrolment(written: Int) throws {
    let bench = try WardenBench()
    let whole = try bench.warden.enrolSample([0, 1, 2], classes: [.identity, .profile, .score])
    // Takes away what a killed process would not have written yet.
    let slots = [DataClass.identity, .profile, .score].flatMap { dataClass in
      (0..<3).map { (dataClass, UInt64($0)) }
    }
    for (dataClass, ordinal) in slots.dropFirst(written) {
      try bench.file.write(
        [UInt8](repeating: 0, count: 64), at: Int(SlotLayout.offset(of: dataClass, ordinal)))
    }
    let warden = try bench.reopened()
    let again = try warden.enrolSample([0, 1, 2])
    for (place, (dataClass, ordinal)) in slots.enumerated() {
      let key = try warden.revealed(dataClass, ordinal)
      #expect(again.key(of: dataClass, ordinal: ordinal)?.revealed() == key)
      #expect((whole.key(of: dataClass, ordinal: ordinal)?.revealed() == key) == (place < written))
    }
  }

  @Test("a slot torn at any place is never a key")
  func tornSlot() throws {
    let bench = try WardenBench()
    try bench.warden.enrolSample([0], classes: [.identity])
    let offset = Int(SlotLayout.offset(of: .identity, 0))
    let slot = try bench.file.read(offset..<offset + 64)
    for cut in 1..<64 {
      try bench.file.write(Array(slot[..<cut]) + [UInt8](repeating: 0, count: 64 - cut), at: offset)
      #expect(thrown { _ = try bench.warden.revealed(.identity, 0) } == .integrity)
      try bench.file.write([UInt8](repeating: 0, count: cut) + Array(slot[cut...]), at: offset)
      #expect(thrown { _ = try bench.warden.revealed(.identity, 0) } == .integrity)
    }
  }

  @Test("readers in other processes never see a torn key while one enrols")
  func concurrentReaders() async throws {
    let bench = try WardenBench()
    let path = bench.path
    let count: UInt64 = 3_000
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        let writer = try FileWarden.open(path: path)
        for first in stride(from: 0, to: count, by: 100) {
          try writer.enrolSample(Array(first..<first + 100))
        }
      }
      group.addTask {
        let reader = try FileWarden.open(path: path)
        var keys = CustomerKeys()
        var last = 0
        while last < Int(count) {
          var live = 0
          for page in [0..<2048 as Range<UInt64>, 2048..<count] {
            let receipt = AccessReceipt.sample(subjects: .many(try .of(page)))
            try reader.load(&keys, of: .score, in: page, for: receipt)
            for ordinal in page where try keys.state(of: ordinal) == .live { live += 1 }
          }
          #expect(live >= last)
          last = live
        }
      }
      try await group.waitForAll()
    }
  }

  @Test("writers of heads in many processes and threads leave the largest")
  func concurrentHeads() async throws {
    let bench = try WardenBench()
    let wardens = try [bench.warden, bench.reopened(), bench.reopened()]
    await withTaskGroup(of: Void.self) { group in
      for (index, warden) in wardens.enumerated() {
        group.addTask {
          for step in 0..<30 { try? warden.remember(.sample(UInt64(1 + step * 3 + index))) }
        }
      }
    }
    #expect(try bench.reopened().head()?.size == 90)
    #expect(try bench.warden.hasDamagedHeader() == false)
  }

  /// A small file system cannot be made without privileges: mount a tmpfs of 1 MiB and name it to run this.
  static let smallDisk = ProcessInfo.processInfo.environment["CRMVAULT_TEST_SMALL_DISK"]

  @Test(
    "on a full disk an enrolment fails with nothing lost, and goes through when there is room",
    .enabled(if: smallDisk != nil, "CRMVAULT_TEST_SMALL_DISK names no small file system"))
  func fullDisk() throws {
    let folder = try TemporaryFolder(in: Self.smallDisk)
    let vaultID = try #require(VaultID([UInt8](repeating: 1, count: 16)))
    let warden = try FileWarden.create(
      path: folder.file("vault.outer"), vaultID: vaultID, fileID: SecureRandom.bytes(16))
    try warden.enrolSample(Array(0..<10))
    let keys = try DataClass.allCases.map { try warden.revealed($0, 9) }
    let ballast = folder.file("ballast")
    #expect(FileManager.default.createFile(atPath: ballast, contents: nil))
    let file = try PositionedFile.open(path: ballast)
    var filled: UInt64 = 0
    let block = [UInt8](repeating: 1, count: 4096)
    while (try? unsafe block.withUnsafeBytes { try unsafe file.write($0, at: filled) }) != nil {
      filled += 4096
    }
    #expect(thrown { try warden.enrolSample(Array(10..<2000)) } == .full)
    #expect(try DataClass.allCases.map { try warden.revealed($0, 9) } == keys)
    try #require(unsafe unlink(ballast) == 0 && truncate(folder.file("none"), 0) != 0)
    _ = consume file
    try warden.enrolSample(Array(10..<2000))
    #expect(try warden.revealed(.score, 1999).count == 32)
    #expect(try DataClass.allCases.map { try warden.revealed($0, 9) } == keys)
  }
}
