import Foundation
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault

@Suite("A package of a log that a witness has signed")
struct CosignedPackageTests {
  @Test("ends with the lines of the witness, and verifies")
  func cosignedEnd() async throws {
    let vault = try WitnessedVault()
    try vault.work(2)
    _ = try vault.push()
    let until = vault.clock.now()
    let out = PackageBytes()
    _ = try vault.session(.auditor).writePackage(
      since: LogTime(nanoseconds: 1), until: until, to: out.take)
    let folder = try TemporaryFolder()
    let path = folder.file("package.tar")
    try Data(out.bytes).write(to: URL(filePath: path))
    let end = try SignedNote(parsing: try PackageFiles(path: path).required(PackageLayout.end))
    #expect(end.signatures.contains { $0.name == "example.org/w" })
    let report = try await EvidenceVerification.package(path, keys: [vault.genesisKey], workers: 2)
    #expect(report.problems.isEmpty)
  }
}
