import Foundation
import Sodium
import Testing

@testable import AuditLog

@Suite("Package archive")
struct PackageFileTests {
  private func archive(_ files: [(String, [UInt8])]) throws -> [UInt8] {
    final class Out { var bytes: [UInt8] = [] }
    let out = Out()
    var writer = PackageWriter(time: 1_764_000_000) { out.bytes += $0 }
    for (name, bytes) in files { try writer.add(name, bytes) }
    try writer.finish()
    return out.bytes
  }

  private func open(_ bytes: [UInt8], _ folder: ScratchFolder) throws -> PackageFiles {
    try folder.write(bytes, to: "package.tar")
    return try PackageFiles(path: folder.path + "/package.tar")
  }

  @Test("reads back what was written, the same bytes for the same files, and its sums")
  func roundTrip() throws {
    let files: [(String, [UInt8])] = [
      ("README.txt", Array("hello\n".utf8)), ("empty", []), ("a/b/c", [UInt8](repeating: 7, count: 512)),
      ("long", [UInt8](repeating: 9, count: 1025)),
    ]
    let bytes = try archive(files)
    #expect(try bytes == archive(files) && bytes.count.isMultiple(of: 512))
    let folder = try ScratchFolder()
    let package = try open(bytes, folder)
    #expect(package.names == files.map(\.0) + ["SHA256SUMS"])
    for (name, content) in files { #expect(try package.read(name) == content) }
    #expect(try package.read("nothing") == nil)
    let sums = String(decoding: try package.required("SHA256SUMS"), as: UTF8.self)
    #expect(sums.hasPrefix("\(SHA256.hash(files[0].1))  README.txt\n"))
    // Unpacked it reads the same.
    for (name, content) in files {
      let url = folder.url.appending(path: "unpacked/\(name)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(content).write(to: url)
    }
    let unpacked = try PackageFiles(path: folder.path + "/unpacked")
    for (name, content) in files { #expect(try unpacked.read(name) == content) }
  }

  @Test("tar itself unpacks it")
  func systemTar() throws {
    let folder = try ScratchFolder()
    try folder.write(try archive([("x/y.txt", [65, 10])]), to: "package.tar")
    let tar = Process()
    tar.executableURL = URL(filePath: "/usr/bin/env")
    tar.arguments = ["tar", "-x", "-f", folder.path + "/package.tar", "-C", folder.path]
    try tar.run()
    tar.waitUntilExit()
    #expect(tar.terminationStatus == 0)
    #expect(try folder.bytes("x/y.txt") == [65, 10])
  }

  @Test("an archive that another program would read differently is refused")
  func hostile() throws {
    let good = try archive([("a", [1, 2, 3]), ("b", [4])])
    let folder = try ScratchFolder()
    _ = try open(good, folder)
    var twice = Array(good[..<1024]) + good
    #expect(throws: LogError(.malformed, "")) { try open(twice, folder) }
    twice = []
    for length in [0, 511, 512, 1000, 1024, good.count - 512, good.count - 1] {
      #expect(throws: LogError(.malformed, ""), "\(length)") { try open(Array(good[..<length]), folder) }
    }
    #expect(throws: LogError(.malformed, "")) { try open(good + [0], folder) }
    #expect(throws: LogError(.malformed, "")) { try open(good + good, folder) }
    // Every byte of a header is fixed by the name, the size and the time.
    for offset in 0..<512 where !(136..<147).contains(offset) {
      var bytes = good
      bytes[offset] ^= 1
      #expect(throws: LogError.self, "byte \(offset)") { try open(bytes, folder) }
    }
    for name in [
      "/a", "../a", "a/../b", "a//b", "a/", "", ".", "a b", "a\nb", String(repeating: "a", count: 101),
    ] {
      #expect(throws: LogError(.malformed, ""), "\(name)") { try archive([(name, [])]) }
    }
    #expect(throws: LogError(.malformed, "")) { try archive([("a", []), ("a", [])]) }
  }
}
