import Foundation
import Glibc
import Testing

@testable import crmvault

/// Changes what belongs to the whole process, and sets it back.
@Suite(.serialized) struct ProcessTests {
  /// The built program lies beside the tests.
  static let program: String? = {
    let here = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    var folder = here.deletingLastPathComponent()
    for _ in 0..<4 {
      let path = folder.appendingPathComponent("crmvault").path
      var isFolder = ObjCBool(false)
      if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
        return path
      }
      folder.deleteLastPathComponent()
    }
    return nil
  }()

  private func shell(_ script: String) throws -> (status: Int32, text: String) {
    let program = try #require(Self.program)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script, "sh", program]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  @Test func `a hardened process has no shortcomings`() {
    ProcessHardening.apply()
    #expect(ProcessHardening.report().shortcomings == [])
    signal(SIGPIPE, SIG_DFL)
  }

  @Test func `what is not so is reported`() {
    signal(SIGTRAP) { _ in }
    umask(0o022)
    let report = ProcessHardening.report()
    signal(SIGTRAP, SIG_DFL)
    #expect(report.handledCrashSignals == ["SIGTRAP"])
    #expect(report.mask == 0o022)
    #expect(report.shortcomings.count >= 2)
    #expect(ProcessHardening.report().mask == 0o077)
  }

  @Test func `the program shows help with 0 and refuses nonsense with 64`() throws {
    #expect(try shell(#""$1" --help"#).status == 0)
    let nonsense = try shell(#""$1" --nonsense --json"#)
    #expect(nonsense.status == 64)
    #expect(nonsense.text.contains(#"{"error":{"code":"usage""#))
  }

  @Test func `a full disk ends with 74 and says so`() throws {
    let full = try shell(#""$1" --help >/dev/full"#)
    #expect(full.status == 74)
    #expect(full.text.contains("cannot write to stdout"))
  }

  @Test func `a reader that goes away gets no complaint`() throws {
    let result = try shell(#"{ sleep 0.3; "$1" --help; echo "status $?" >&2; } | true"#)
    #expect(result.text == "status 74\n")
  }

  @Test func `a program started without stdout does not take another file for it`() throws {
    #expect(try shell(#""$1" --help >&-"#).status == 0)
  }
}
