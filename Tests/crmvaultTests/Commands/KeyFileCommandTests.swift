import AuditLog
import Foundation
import Testing
import VaultTesting

@testable import crmvault

/// What lies in the keyring folder is checked before anything is asked or done.
@Suite struct KeyFileCommandTests {
  private func change(_ path: String, _ body: (inout [UInt8]) -> Void) throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    body(&bytes)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.truncate(atOffset: 0)
    try handle.write(contentsOf: Data(bytes))
    try handle.close()
  }

  @Test(arguments: [0o640, 0o604, 0o660, 0o620])
  func `a key file that others can reach is refused before the passphrase is asked for`(mode: Int)
    async throws
  {
    let bench = try await CommandBench.make()
    try FileManager.default.setAttributes(
      [.posixPermissions: mode], ofItemAtPath: bench.folder.file("keys/sam.key"))
    for command in [["whoami"], ["user", "passphrase"]] {
      let refused = await bench.run(command, as: "sam", answers: ["correct horse battery"], passphrase: "")
      #expect(refused.exit == .configuration)
      #expect(refused.shown.isEmpty)
    }
  }

  // Passes at 18, KiB at 22: 4 GiB of passes, 4 TiB of memory, none of either.
  @Test(arguments: [(18, UInt8(0xff)), (22, 0xff), (18, 0), (22, 0)], [false, true])
  func `a key file with costs out of bounds is refused before any memory is taken`(
    field: (offset: Int, byte: UInt8), asks: Bool
  ) async throws {
    let bench = try await CommandBench.make()
    try change(bench.folder.file("keys/sam.key")) { bytes in
      for index in field.offset..<field.offset + 4 { bytes[index] = field.byte }
    }
    let refused = await bench.run(
      "whoami", as: "sam", answers: asks ? ["correct horse battery"] : nil, passphrase: asks ? "" : "pw")
    #expect(refused.exit == .configuration)
    #expect(refused.shown.isEmpty)
  }

  @Test func `every byte of a key file matters`() async throws {
    let bench = try await CommandBench.make()
    let path = bench.folder.file("keys/sam.key")
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for offset in stride(from: 0, to: whole.count, by: 5) {
      try change(path) { $0[offset] ^= 0x10 }
      let refused = await bench.run("whoami", as: "sam")
      #expect([.configuration, .integrity, .notPermitted].contains(refused.exit), "byte \(offset)")
      try change(path) { $0 = [UInt8](whole) }
    }
    #expect(await bench.run("whoami", as: "sam").exit == .done)
  }

  @Test func `a changed or exchanged .pub file is refused`() async throws {
    let bench = try await CommandBench.make()
    let path = bench.folder.file("keys/newt.pub")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let box = try #require(text.firstRange(of: "box: "))
    var changed = text
    let place = changed.index(box.upperBound, offsetBy: 3)
    changed.replaceSubrange(place...place, with: changed[place] == "A" ? "B" : "A")
    try changed.write(toFile: path, atomically: false, encoding: .utf8)
    #expect(await bench.run("user", "add", "newt", "--role", "agent").exit == .integrity)
    // Somebody else's file under newt's name, honest in itself.
    let other = try String(contentsOfFile: bench.folder.file("keys/sam.pub"), encoding: .utf8)
    try other.write(toFile: path, atomically: false, encoding: .utf8)
    #expect(await bench.run("user", "add", "newt", "--role", "agent").exit == .configuration)
    try other.replacing("name: sam", with: "name: newt").write(
      toFile: path, atomically: false, encoding: .utf8)
    #expect(await bench.run("user", "add", "newt", "--role", "agent").exit == .integrity)
  }

  @Test func `a key and a .pub file that do not belong together are refused`() async throws {
    let bench = try await CommandBench.make()
    #expect(await bench.run("user", "new", "nina").exit == .done)
    let nina = bench.folder.file("keys/nina.key")
    let sam = bench.folder.file("keys/sam.key")
    try FileManager.default.removeItem(atPath: sam)
    try FileManager.default.copyItem(atPath: nina, toPath: sam)
    #expect(await bench.run("whoami", as: "sam").exit == .integrity)
  }

  @Test func `a symbolic link in place of a key file is not followed`() async throws {
    let bench = try await CommandBench.make()
    let path = bench.folder.file("keys/sam.key")
    try FileManager.default.moveItem(atPath: path, toPath: bench.folder.file("elsewhere"))
    try FileManager.default.createSymbolicLink(
      atPath: path, withDestinationPath: bench.folder.file("elsewhere"))
    #expect(await bench.run("whoami", as: "sam").exit == .configuration)
  }
}
