import Foundation
import Sodium
import Testing

@testable import AuditLog

// Skipped where the public vectors are absent.
@Suite("Notes against public vectors", .enabled(if: Vectors.arePresent, "\(Vectors.absence)"))
struct NoteVectorTests {
  struct Notes: Decodable {
    struct Note: Decodable {
      let vkey: String
      let note: String
      let public_test_skey: String?
    }
    let vectors: [Note]
    let bad_vkeys_must_reject: [String]
  }

  struct Cosignatures: Decodable {
    struct Vector: Decodable {
      let checkpoint: String
      let log_vkey_type1: String
      let witness_vkey_type4: String
    }
    struct SumDB: Decodable {
      let vkey: String
      let checkpoint: String
    }
    let vectors: [Vector]
    let sumdb: SumDB
  }

  @Test("the notes of C2SP and of Go verify, and are written back byte for byte")
  func notes() throws {
    let notes: Notes = try Vectors.load("signed_note.json")
    for vector in notes.vectors {
      let bytes = Array(vector.note.utf8)
      let note = try SignedNote(parsing: bytes)
      let key = try LogVerifierKey(vector.vkey)
      #expect(key.text == vector.vkey)
      #expect(try note.verify(against: [key]).map(\.key) == [key])
      #expect(note.bytes == bytes)
      guard let secret = vector.public_test_skey?.split(separator: "+", maxSplits: 4).last else { continue }
      let seed = try Base64.decode(secret).dropFirst()
      let signing = SigningKey(seed: try .copying(Array(seed).span))
      #expect(try NoteSigner(key).sign(note.text, with: signing) == note.signatures[0])
    }
    for text in notes.bad_vkeys_must_reject {
      #expect(throws: LogError.self) { try LogVerifierKey(text) }
    }
  }

  @Test("a public log's checkpoint verifies by its own key and by a witness's, with the time")
  func cosignature() throws {
    let vectors: Cosignatures = try Vectors.load("cosignature_v1.json")
    for vector in vectors.vectors {
      let note = try SignedNote(parsing: Array(vector.checkpoint.utf8))
      let log = try LogVerifierKey(vector.log_vkey_type1)
      let witness = try LogVerifierKey(vector.witness_vkey_type4)
      #expect(witness.text == vector.witness_vkey_type4)
      let opened = try Checkpoint.open(note, origin: log.name, keys: [log, witness])
      #expect(opened.checkpoint.size == 1_432_088_532)
      #expect(opened.signatures.map(\.key) == [log, witness])
      #expect(opened.signatures[1].time == 1_779_573_024)
      #expect(throws: LogError(.unsigned, "")) {
        try Checkpoint.open(note, origin: log.name, keys: [witness])
      }
      #expect(note.bytes == Array(vector.checkpoint.utf8))
    }
    let key = try LogVerifierKey(vectors.sumdb.vkey)
    let note = try SignedNote(parsing: Array(vectors.sumdb.checkpoint.utf8))
    let opened = try Checkpoint.open(
      note, origin: "go.sum database tree", keys: [key], logName: key.name)
    #expect(opened.checkpoint.size == 35_225_469)
  }
}
