import Sodium
import Testing

@testable import AuditLog

@Suite("The chain of a log's keys")
struct LogKeyTests {
  @Test("is followed from the first key alone")
  func followed() throws {
    #expect(try RotatedLog().problems() == [])
  }

  @Test("an old head that is signed anew with the newer key does not verify (CVE-2023-31439)")
  func oldHeadsUnderTheNewKey() throws {
    for size in UInt64(1)...5 {
      var log = try RotatedLog()
      try log.signAnew { $0 == size ? 1 : $0 <= 5 ? 0 : 1 }
      #expect(try log.problems().contains("log-signature"), "\(size)")
    }
    var log = try RotatedLog()
    try log.signAnew { _ in 1 }
    #expect(try log.problems().contains("log-signature"))
  }

  @Test("a retired key counts only up to the entry that announces its successor")
  func newHeadsUnderTheOldKey() throws {
    for size in UInt64(6)...9 {
      var log = try RotatedLog()
      try log.signAnew { $0 == size ? 0 : $0 <= 5 ? 0 : 1 }
      #expect(try log.problems().contains("log-signature"), "\(size)")
    }
  }

  @Test(
    "a log that is cut before the announcement and goes on under the newer key does not verify (CVE-2023-31438)"
  )
  func truncateAndContinue() throws {
    var log = try RotatedLog(announces: false)
    try log.signAnew { $0 <= 3 ? 0 : 1 }
    #expect(try log.problems().contains("log-signature"))
  }

  @Test("a log that is cut after the announcement is found by who saw its head, as any is")
  func truncatedLater() throws {
    let whole = try RotatedLog()
    var tree = CompactRange()
    for envelope in whole.envelopes { tree.append(MerkleTree.leafHash(envelope)) }
    var cut = whole
    cut.envelopes.removeLast()
    cut.notes.removeLast()
    #expect(try cut.problems() == [])
    #expect(try cut.problems(heads: [Checkpoint(origin: RotatedLog.origin, tree)]) == ["rollback"])
  }

  @Test("an announcement counts only when it ends a commit under the key before")
  func announcementNeedsItsCommit() throws {
    let log = try RotatedLog()
    // The announcement and the entry after it in one commit, signed by the new key alone.
    #expect(try log.problems(commits: [1, 2, 3, 4, 6, 7, 8, 9]).contains("log-signature"))
    // At the very end of the log, signed by the new key.
    var end = log
    end.envelopes.removeLast(4)
    try end.signAnew { $0 <= 4 ? 0 : 1 }
    #expect(try end.problems().contains("log-signature"))
  }

  @Test("a key is announced only where one counts, and never one that was there before")
  func announcedTwice() throws {
    let log = try RotatedLog()
    var verifier = LogVerifier(origin: RotatedLog.origin, logKeys: [TrustedLogKey(try log.verifierKey(1))])
    for (seq, envelope) in log.envelopes.enumerated() {
      verifier.consume(seq: UInt64(seq), envelope: envelope, sealed: nil)
    }
    #expect(verifier.problems.contains { $0.text == "the log announces a key that it had before" })
  }

  @Test("entries that were pruned leave the tree whole, and the keys in force")
  func pruned() throws {
    let log = try RotatedLog()
    #expect(try log.problems(pruned: [1, 2, 3, 5, 6]) == [])
    // A statement that is gone is missed.
    #expect(try log.problems(pruned: [RotatedLog.announcement]).contains("governance"))
  }
}
