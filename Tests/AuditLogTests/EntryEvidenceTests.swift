import Foundation
import Sodium
import Testing

@testable import AuditLog

@Suite("Evidence of an entry")
struct EntryEvidenceTests {
  /// A log of a batch of customers, a bulk run over them, and what proves each.
  struct Bulk {
    let log: SampleLog
    let batch: EnrolBatch
    let set: CommittedSet

    init() throws {
      log = try SampleLog(count: 5)
      batch = try EnrolBatch(
        (0..<3000).map { EnrolBatch.Member(ordinal: $0, pseudonym: UInt128($0) << 70 | 5) })
      var subjects = try SubjectSet(universe: 3000)
      for ordinal in stride(from: 0, to: 3000 as UInt64, by: 3) { try subjects.insert(ordinal) }
      set = CommittedSet(subjects)
      try log.append(
        .change,
        what: WhatPart(
          action: EnrolBatch.action, count: 3000, outcome: .allowed,
          details: ["root": .string(Base64.encode(batch.root.bytes))]))
      try log.append(
        .access,
        what: WhatPart(
          action: "score.run", purpose: "analytics", subjects: .set(set.reference(directory: 5)),
          outcome: .allowed, phase: .intent))
    }

    func evidence(_ index: Int) throws -> EntryEvidence {
      EntryEvidence(
        proof: TLogProof(
          index: UInt64(index),
          hashes: try MerkleTree.inclusionProof(index: UInt64(index), leafHashes: log.leafHashes),
          checkpoint: try log.note()),
        envelope: log.entries[index].envelope, what: log.entries[index].plainWhat,
        who: log.entries[index].plainWho)
    }

    func enrolment(_ ordinal: UInt64) throws -> EntryEvidence {
      var evidence = try evidence(5)
      evidence.member = try batch.proof(of: ordinal)
      return evidence
    }

    func run(_ ordinal: UInt64) throws -> EntryEvidence {
      var evidence = try evidence(6)
      evidence.chunk = try set.proof(of: ordinal)
      return evidence
    }

    var keys: [LogVerifierKey] { [log.logVerifier] }
  }

  @Test("shows that a customer was, or was not, in a bulk run, with about 560 bytes for a million")
  func membership() throws {
    let bulk = try Bulk()
    for ordinal in [0, 1, 2, 2047, 2048, 2049, 2999] as [UInt64] {
      let enrolled = try bulk.enrolment(ordinal).verify(keys: bulk.keys)
      let customer = try #require(enrolled.customer)
      #expect(customer == EnrolBatch.Member(ordinal: ordinal, pseudonym: UInt128(ordinal) << 70 | 5))
      let run = try bulk.run(ordinal).verify(keys: bulk.keys)
      #expect(try run.contains(customer, enrolledBy: 5) == (ordinal % 3 == 0))
    }
    let million = CommittedSet(try .all(universe: 1_000_000))
    #expect(try million.proof(of: 777_777).encoded.count == 560)
  }

  @Test("a proof of one customer says nothing of one in another chunk, and a forged bit does not verify")
  func otherCustomer() throws {
    let bulk = try Bulk()
    let far = try #require(bulk.enrolment(2999).verify(keys: bulk.keys).customer)
    let run = try bulk.run(3).verify(keys: bulk.keys)
    #expect(throws: LogError(.proofFailed, "")) { try run.contains(far, enrolledBy: 5) }
    var bytes = try bulk.set.proof(of: 3).encoded
    bytes[16] ^= 0x08
    var forged = try bulk.run(3)
    forged.chunk = try ChunkProof(decoding: bytes)
    let near = try #require(bulk.enrolment(3).verify(keys: bulk.keys).customer)
    #expect(throws: LogError(.proofFailed, "")) {
      try forged.verify(keys: bulk.keys).contains(near, enrolledBy: 5)
    }
    #expect(throws: LogError(.proofFailed, "")) {
      try bulk.evidence(6).verify(keys: bulk.keys).contains(near, enrolledBy: 5)
    }
    // An entry without a set, and a customer who was enrolled after the set's directory.
    #expect(throws: LogError(.proofFailed, "")) {
      try bulk.evidence(2).verify(keys: bulk.keys).contains(near, enrolledBy: 5)
    }
    #expect(throws: LogError(.inconsistent, "")) { try run.contains(near, enrolledBy: 6) }
    // Beyond the universe is not in the set.
    #expect(
      try !run.contains(EnrolBatch.Member(ordinal: 3000, pseudonym: 1), enrolledBy: 9))
  }

  @Test("a customer is proved only by an entry that enrols, and by its own leaf")
  func wrongEnrolment() throws {
    let bulk = try Bulk()
    var wrong = try bulk.evidence(6)
    wrong.member = try bulk.batch.proof(of: 3)
    #expect(throws: LogError(.proofFailed, "")) { try wrong.verify(keys: bulk.keys) }
    var hidden = try bulk.enrolment(3)
    hidden.what = nil
    #expect(throws: LogError(.proofFailed, "")) { try hidden.verify(keys: bulk.keys) }
    let proof = try bulk.batch.proof(of: 3).encoded
    for index in stride(from: 0, to: proof.count, by: 7) {
      var bytes = proof
      bytes[index] ^= 1
      var forged = try bulk.enrolment(3)
      forged.member = try EnrolProof(decoding: bytes)
      #expect(throws: LogError.self, "byte \(index)") { try forged.verify(keys: bulk.keys) }
    }
  }

  @Test("a part that is not the entry's, an entry of another number or log, or another key does not verify")
  func wrongParts() throws {
    let bulk = try Bulk()
    let good = try bulk.evidence(3)
    let proven = try good.verify(keys: bulk.keys)
    #expect(proven.envelope.seq == 3 && proven.what?.action == "customer.show" && proven.who?.actor == "ada")
    for change in [
      { (evidence: inout EntryEvidence) in evidence.what?.append(0x20) },
      { $0.what = bulk.log.entries[2].plainWhat }, { $0.who = bulk.log.entries[2].plainWho },
      { $0.what = $0.who }, { $0.envelope[20] ^= 1 }, { $0.envelope = bulk.log.entries[2].envelope },
    ] as [(inout EntryEvidence) -> Void] {
      var changed = good
      change(&changed)
      #expect(throws: LogError.self) { try changed.verify(keys: bulk.keys) }
    }
    #expect(throws: LogError(.unsigned, "")) { try good.verify(keys: [bulk.log.userVerifier]) }
    #expect(throws: LogError(.unsigned, "")) { try good.verify(keys: []) }
    let stranger = try LogVerifierKey(name: SampleLog.origin, key: SigningKey.generate().publicKey)
    #expect(throws: LogError(.unsigned, "")) { try good.verify(keys: [stranger]) }
    let other = try LogVerifierKey(name: "crmvault/other", key: bulk.log.logKey.publicKey)
    #expect(throws: LogError(.unsigned, "")) { try good.verify(keys: [other]) }
  }

  @Test("is read back from its files; without the entry it is none")
  func files() throws {
    let bulk = try Bulk()
    let folder = try ScratchFolder()
    let evidence = try bulk.enrolment(17)
    for file in evidence.files { try folder.write(file.bytes, to: "proof" + file.ending) }
    let read = try EntryEvidence(path: folder.path + "/proof")
    #expect(
      read.envelope == evidence.envelope && read.what == evidence.what && read.member == evidence.member)
    #expect(try read.verify(keys: bulk.keys).customer?.ordinal == 17)
    #expect(evidence.files.filter(\.isPrivate).map(\.ending) == [".what.json", ".who.json", ".member"])
    try FileManager.default.removeItem(atPath: folder.path + "/proof.envelope.json")
    #expect(throws: LogError(.inconsistent, "")) { try EntryEvidence(path: folder.path + "/proof") }
    #expect(throws: LogError(.inputOutput, "")) { try EntryEvidence(path: folder.path + "/none") }
  }
}
