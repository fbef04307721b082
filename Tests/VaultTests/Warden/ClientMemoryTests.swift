import Glibc
import Testing
import VaultTesting

@testable import Vault

@Suite("A machine's memory of a vault")
struct ClientMemoryTests {
  let folder: TemporaryFolder
  let memory: ClientMemory

  init() throws {
    folder = try TemporaryFolder()
    let vaultID = try #require(VaultID([UInt8](repeating: 0xAB, count: 16)))
    memory = ClientMemory(folder: folder.file("state/crmvault"), vaultID: vaultID)
  }

  var file: FileBytes { FileBytes(path: memory.path) }

  @Test("is empty at first, then has the last head, in a file of its owner's alone")
  func lasts() throws {
    #expect(try memory.load() == nil)
    #expect(try !memory.wasDamaged())
    for size: UInt64 in [1, 2, 9, .max] {
      try memory.store(.sample(size))
      #expect(try memory.load() == .sample(size))
    }
    #expect(memory.path == folder.file("state/crmvault/\(String(repeating: "ab", count: 16)).head"))
    #expect(try file.mode() == 0o600)
    #expect(try FileBytes(path: folder.file("state/crmvault")).mode() == 0o700)
    #expect(try file.all().count == 8192)
  }

  @Test("never goes back")
  func onlyLarger() throws {
    try memory.store(.sample(9))
    let before = try file.all()
    try memory.store(.sample(8))
    try memory.store(.sample(9, root: 2))
    #expect(try memory.load() == .sample(9))
    #expect(try file.all() == before)
  }

  @Test("with its newest page torn has the head before it, and heals")
  func torn() throws {
    try memory.store(.sample(3))
    let before = try file.all() + [UInt8](repeating: 0, count: 4096)
    try memory.store(.sample(4))
    let after = try file.all()
    for cut in [1, 32, 100, 2000, 4095] {
      try file.write(Array(after[4096..<4096 + cut] + before[4096 + cut..<8192]), at: 4096)
      #expect(try memory.load()?.size == 3)
      #expect(try !memory.wasDamaged())
      try memory.store(.sample(4))
      #expect(try memory.load()?.size == 4)
    }
  }

  @Test("with any byte changed has one of its two heads", arguments: [0x01, 0x80, 0xFF] as [UInt8])
  func changed(pattern: UInt8) throws {
    try memory.store(.sample(3))
    try memory.store(.sample(4))
    let bytes = try file.all()
    for index in bytes.indices {
      try file.write([bytes[index] ^ pattern], at: index)
      let size = try memory.load()?.size
      if size != (index < 4096 ? 4 : 3) { Issue.record("byte \(index): \(String(describing: size))") }
      try file.write([bytes[index]], at: index)
    }
  }

  @Test("with both pages damaged says so, has nothing, and is written anew")
  func damaged() throws {
    try memory.store(.sample(3))
    try memory.store(.sample(4))
    try file.write([1], at: 50)
    try file.write([1], at: 4096 + 50)
    #expect(try memory.load() == nil)
    #expect(try memory.wasDamaged())
    try memory.store(.sample(5))
    #expect(try memory.load() == .sample(5))
    #expect(try !memory.wasDamaged())
  }

  @Test("of another vault, put in its place, is damage and no head")
  func swapped() throws {
    let other = ClientMemory(
      folder: folder.file("state/crmvault"), vaultID: try #require(VaultID([UInt8](repeating: 1, count: 16))))
    try other.store(.sample(100))
    try memory.store(.sample(3))
    try file.replace(by: FileBytes(path: other.path).all())
    #expect(try memory.load() == nil)
    #expect(try memory.wasDamaged())
  }

  @Test("is not read or written through a symbolic link")
  func link() throws {
    try memory.store(.sample(3))
    let elsewhere = folder.file("elsewhere")
    try #require(unsafe rename(memory.path, elsewhere) == 0 && symlink(elsewhere, memory.path) == 0)
    var codes: [VaultError.Code] = []
    do { _ = try memory.load() } catch { codes.append(error.code) }
    do { try memory.store(.sample(4)) } catch let error as VaultError { codes.append(error.code) }
    #expect(codes == [.configuration, .configuration])
  }
}
