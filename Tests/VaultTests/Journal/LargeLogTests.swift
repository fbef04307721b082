import Foundation
import Sodium
import Testing
import VaultSQLite
import VaultTesting

@testable import AuditLog
@testable import Vault

/// A log of three tile levels, as a vault writes it. It takes a while: 70,000 entries in a long run only, fewer (and so
/// two levels) in a short one; the tree alone is tested at 70,000 every time (`PublishingTests`).
@Suite("A large log")
struct LargeLogTests {
  static let count = ProcessInfo.processInfo.environment["CRMVAULT_SOAK"] == "1" ? 70_000 : 3_000

  @Test("is published, proved, packaged and verified")
  func large() async throws {
    let folder = try TemporaryFolder()
    let store = try SQLiteStore.create(folder: folder.file("vault"))
    let sample = try SampleVault(in: store, wardenPath: folder.file("warden"))
    let session = sample.session()
    try sample.addEntries(Self.count, group: 1000, in: session)
    let key = try session.publicLog().key
    let published = folder.file("published")
    let head = try session.publishLog(to: published)
    #expect(head.size == UInt64(Self.count) + 1)
    let report = try await EvidenceVerification.published(published, keys: [key], workers: 2)
    #expect(report.problems.isEmpty && report.size == head.size && report.root == head.root)

    for seq in [0, 255, 256, head.size / 2, head.size - 1] {
      let proof = try session.prove(seq)
      try proof.proof.verify(entry: proof.envelope, origin: key.name, keys: [key])
    }

    let (since, until) = try times(session)
    for bounds in [(LogTime(nanoseconds: 0), until), (since, until)] {
      let path = folder.file("package-\(bounds.0.nanoseconds).tar")
      try #require(FileManager.default.createFile(atPath: path, contents: nil))
      let file = try FileHandle(forWritingTo: URL(filePath: path))
      let package = try session.writePackage(since: bounds.0, until: bounds.1) {
        try file.write(contentsOf: Data($0))
      }
      try file.close()
      let report = try await EvidenceVerification.package(path, keys: [key], workers: 2)
      #expect(report.problems.isEmpty && report.checkedEntries == package.entries.count)
    }
    let all = try await session.verifyLog(LogAnchor(), workers: 2)
    #expect(all.problems.isEmpty)
  }

  /// Bounds that take the newest third.
  private func times(_ session: Session) throws -> (LogTime, LogTime) {
    let log = try session.publicLog().log
    func time(_ seq: UInt64) throws -> LogTime { try Session.envelope(log.entry(seq).row).time }
    return (try time(log.head.size / 3 * 2), try time(log.head.size - 1))
  }
}
