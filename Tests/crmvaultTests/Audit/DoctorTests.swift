import Foundation
import Sodium
import Testing

@testable import crmvault

@Suite struct DoctorTests {
  @Test func `file systems are told by the longest mount that a path is on`() {
    let mounts = """
      21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
      30 21 0:40 / /mnt/with\\040space rw - nfs4 server:/x rw
      31 21 0:41 / /mnt rw shared:7 master:2 - btrfs /dev/sdb rw
      malformed
      """
    #expect(FileSystemKind.of("/home/x", in: mounts) == "ext4")
    #expect(FileSystemKind.of("/mnt/with space/v", in: mounts) == "nfs4")
    #expect(FileSystemKind.of("/mnt/other", in: mounts) == "btrfs")
    #expect(FileSystemKind.of("/mntx", in: mounts) == "ext4")
    #expect(FileSystemKind.check("x", "nfs4").verdict == .fail)
    #expect(FileSystemKind.check("x", "btrfs").verdict == .warn)
    #expect(FileSystemKind.check("x", "overlay").verdict == .warn)
    #expect(FileSystemKind.check("x", "ext4").verdict == .ok)
  }

  @Test func `swap on a disk is a warning, none or zram is not`() {
    let head = "Filename\t\t\t\tType\t\tSize\tUsed\tPriority\n"
    #expect(ProcessChecks.swap(head).verdict == .ok)
    #expect(ProcessChecks.swap(head + "/dev/zram0 partition 100 0 5\n").verdict == .ok)
    let found = ProcessChecks.swap(head + "/swapfile file 100 0 -2\n")
    #expect(found.verdict == .warn && found.text.contains("/swapfile"))
  }

  @Test func `memory that cannot be locked and a process that can be dumped are told`() {
    #expect(
      ProcessChecks.dumps(
        HardeningReport(isDumpable: false, coreFileLimit: 0, mask: 0o077, handledCrashSignals: [])
      )
      .verdict == .ok)
    #expect(
      ProcessChecks.dumps(
        HardeningReport(isDumpable: true, coreFileLimit: 0, mask: 0o077, handledCrashSignals: [])
      )
      .verdict == .fail)
  }

  @Test func `doctor finds open modes, a missing reserve, another vault's keys and a damaged memory`()
    async throws
  {
    let place = try await AuditCommandTests.Place()
    _ = await place.run("audit", "checkpoint")
    func verdicts() async throws -> [String: String] {
      let found: [String: Any] = try await place.run("doctor", "--json").json()
      let checks = try #require(found["checks"] as? [[String: Any]])
      return Dictionary(
        checks.map { ($0["check"] as? String ?? "", $0["result"] as? String ?? "") }, uniquingKeysWith: { $1 }
      )
    }
    // The test process is not hardened; all else is in order.
    let healthy = try await verdicts()
    #expect(healthy.filter { $0.value == "fail" }.keys.allSatisfy { $0 == "core_dumps" })
    #expect(healthy["ballast"] == "ok" && healthy["memory"] == "ok" && healthy["contents"] == "skip")
    #expect(healthy["warden_backup"] == "warn")

    let manager = FileManager.default
    try manager.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place.file("keys/owner.key"))
    try manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place.file("crm.vault"))
    try manager.removeItem(atPath: place.file("crm.vault/ballast"))
    let states = try manager.contentsOfDirectory(atPath: place.file("state/crmvault"))
    let memory = place.file("state/crmvault/\(try #require(states.first))")
    try Data(repeating: 7, count: 8192).write(to: URL(fileURLWithPath: memory))
    let sick = try await verdicts()
    for check in ["key_mode", "vault_folder", "ballast", "memory"] {
      #expect(sick[check] == "fail", "\(check)")
    }
    #expect(await place.run("doctor").exit == .configuration)
    let elsewhere = await AuditCommandTests.Place.run("/nonexistent", ["doctor", "--json"])
    #expect(elsewhere.exit == .configuration)
  }
}
