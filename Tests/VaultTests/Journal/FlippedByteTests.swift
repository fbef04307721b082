import Foundation
import Testing
import VaultSQLite

@testable import Vault

/// Bytes of a vault's file flipped one by one: refused, or the same plaintext; never other data, never a crash.
///
/// `CRMVAULT_SOAK=1` takes every byte with three patterns, else a seeded sample.
@Suite("A vault's file with a byte flipped")
struct FlippedByteTests {
  static let isSoak = ProcessInfo.processInfo.environment["CRMVAULT_SOAK"] == "1"

  @Test("is refused, or shows the same", arguments: [0x01, 0x80, 0xFF] as [UInt8])
  func flipped(pattern: UInt8) async throws {
    let vault = try AttackedVault()
    let path = vault.vault + "/vault.sqlite"
    let original = try Data(contentsOf: URL(fileURLWithPath: path))
    let warden = try Data(contentsOf: URL(fileURLWithPath: vault.warden))
    var random = SplitMix(state: UInt64(pattern))
    let offsets =
      Self.isSoak ? Array(original.indices) : (0..<60).map { _ in random.next(below: original.count) }
    for offset in offsets {
      var bytes = original
      bytes[offset] ^= pattern
      try bytes.write(to: URL(fileURLWithPath: path))
      try warden.write(to: URL(fileURLWithPath: vault.warden))
      let found = await vault.verify()
      if let other = found.first(where: { $0.hasPrefix("unexpected") }) {
        Issue.record("byte \(offset): \(other)")
      }
      switch vault.show() {
      case .success(let shown):
        if shown != vault.original.shown { Issue.record("byte \(offset): other data was taken as good") }
      case .failure(let error):
        if AttackedVault.name(of: error).hasPrefix("unexpected") { Issue.record("byte \(offset): \(error)") }
        // Whatever cannot be read must not pass as whole.
        if found.isEmpty {
          Issue.record("byte \(offset): verified, but not shown: \(AttackedVault.name(of: error))")
        }
      }
    }
  }
}

/// A small seeded generator, so that every run takes the same sample.
private struct SplitMix {
  var state: UInt64

  mutating func next(below limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((value ^ (value >> 31)) % UInt64(limit))
  }
}
