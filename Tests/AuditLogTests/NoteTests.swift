import Sodium
import Testing

@testable import AuditLog

@Suite("Signed note")
struct NoteTests {
  // The example of C2SP signed-note, which every implementation must reproduce.
  private let example = """
    This is an example message.

    \u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

    """
  private let exampleKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

  private func note(_ text: String) throws -> SignedNote { try SignedNote(parsing: Array(text.utf8)) }

  @Test("the example of the specification verifies")
  func specificationExample() throws {
    let key = try LogVerifierKey(exampleKey)
    #expect(key.text == exampleKey)
    #expect(try note(example).verify(against: [key]).map(\.key.name) == ["example.com/foo"])
  }

  @Test("a key signs, and what it signed verifies")
  func signing() throws {
    let signing = SigningKey.generate()
    let key = try LogVerifierKey(name: "log", key: signing.publicKey)
    var note = try SignedNote(text: Array("text\n\nmore\n".utf8))
    note.append(try NoteSigner(key).sign(note.text, with: signing))
    let read = try SignedNote(parsing: note.bytes)
    #expect(read == note)
    try read.verify(against: [key])
  }

  @Test("a secret key that is not the named one does not sign")
  func wrongSecret() throws {
    let key = try LogVerifierKey(name: "log", key: SigningKey.generate().publicKey)
    let other = SigningKey.generate()
    #expect(throws: LogError(.wrongKey, "")) { try NoteSigner(key).sign([0x0A], with: other) }
  }

  @Test("a line of an unknown key is skipped; a failing line of a known key spoils the note")
  func unknownAndFailing() throws {
    let key = try LogVerifierKey(exampleKey)
    let stranger = NoteSignature(name: "stranger", keyID: 1, signature: [1, 2, 3])
    var note = try note(example)
    note.append(stranger)
    try note.verify(against: [key])
    let second = SigningKey.generate()
    let secondKey = try LogVerifierKey(name: "second", key: second.publicKey)
    note.append(
      NoteSignature(name: "second", keyID: secondKey.id, signature: [UInt8](repeating: 0, count: 64)))
    try note.verify(against: [key])
    #expect(throws: LogError(.badSignature, "")) { try note.verify(against: [key, secondKey]) }
  }

  @Test("a note that no known key signed is refused")
  func unsigned() throws {
    let other = try LogVerifierKey(name: "example.com/foo", key: SigningKey.generate().publicKey)
    #expect(throws: LogError(.unsigned, "")) { try note(example).verify(against: [other]) }
    #expect(throws: LogError(.unsigned, "")) { try note(example).verify(against: []) }
  }

  @Test("a changed text does not verify")
  func changedText() throws {
    let key = try LogVerifierKey(exampleKey)
    let changed = example.replacing("example message", with: "exemple message")
    #expect(throws: LogError(.badSignature, "")) { try note(changed).verify(against: [key]) }
  }

  @Test(
    "malformed notes are refused",
    arguments: [
      "text\n", "text\n\n", "\n", "", "text\n\n\u{2014} name AAAAAAAA",
      "text\u{01}\n\n\u{2014} name AAAAAAAA\n",
      "text\n\n\u{2014} na me AAAAAAAA\n", "text\n\n\u{2014} name AAAAAAAA\nmore\n",
      "text\n\n\u{2014} name AAAA\n",
      "text\n\n\u{2014} na+me AAAAAAAA\n", "text\n\n\u{2014}  AAAAAAAA\n", "text\n\n\u{2014} name AAAAAAA\n",
      "text\n\n\u{2014} name AAAAAAA=\u{20}\n", "text\n\n- name AAAAAAAA\n",
      "text\n\n\u{2014} name AAAAAAB=\n",
      "text\r\n\n\u{2014} name AAAAAAAA\n", "text\n\n\u{2014} na\u{2003}me AAAAAAAA\n",
    ])
  func malformed(text: String) {
    #expect(throws: LogError(.malformed, "")) { try note(text) }
  }

  @Test("bytes that are not UTF-8 are refused")
  func invalidUTF8() {
    let bytes = [0xFF] + Array("\n\n\u{2014} name AAAAAAAA\n".utf8)
    #expect(throws: LogError(.malformed, "")) { try SignedNote(parsing: bytes) }
  }

  @Test("a hundred signature lines are read, and no more")
  func manySignatures() throws {
    let line = "\u{2014} name AAAAAAAA\n"
    #expect(try note("text\n\n" + String(repeating: line, count: 100)).signatures.count == 100)
    #expect(throws: LogError(.malformed, "")) { try note("text\n\n" + String(repeating: line, count: 101)) }
  }

  @Test("characters inserted into a known key's signature spoil the note")
  func insertedCharacters() throws {
    let changed = example.replacing("Uw2QOkn8", with: "Uw2QOkn8AAAA")
    #expect(throws: LogError(.badSignature, "")) {
      try note(changed).verify(against: [try LogVerifierKey(exampleKey)])
    }
  }
}

@Suite("Verifier key")
struct LogVerifierKeyTests {
  private let text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

  @Test("one key as a log's and as a witness's has two ids")
  func uses() throws {
    let key = SigningKey.generate().publicKey
    let log = try LogVerifierKey(name: "a", key: key)
    let witness = try LogVerifierKey(name: "a", use: .cosignature, key: key)
    #expect(log.id != witness.id)
    #expect(try LogVerifierKey(witness.text) == witness)
  }

  @Test(
    "malformed vkeys are refused",
    arguments: [
      "", "a", "a+530d903a", "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2kAAAA",
      "example.com/foo+530d903a+B+kyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
      "exam ple+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ])
  func malformed(text: String) {
    #expect(throws: LogError.self) { try LogVerifierKey(text) }
  }

  @Test("a user's key has a name made of the log and the key's own id")
  func userName() throws {
    let key = SigningKey.generate().publicKey
    let id = UserKeyName.keyID(of: key)
    #expect(id.utf8.count == 16)
    let verifier = try UserKeyName.verifierKey(origin: "crmvault/00", key: key)
    #expect(verifier.name == "crmvault/00/u-\(id)")
    #expect(UserKeyName.keyID(in: verifier.name, origin: "crmvault/00") == id)
    #expect(UserKeyName.keyID(in: verifier.name, origin: "crmvault/01") == nil)
    #expect(UserKeyName.keyID(in: verifier.name + "0", origin: "crmvault/00") == nil)
  }
}
