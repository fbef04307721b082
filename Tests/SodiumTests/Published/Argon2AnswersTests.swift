import Glibc
import Sodium
import Testing

@Suite(
  "Published Argon2id answers",
  // The folder is not part of this package; PassphraseStretchingTests has answers of its own.
  .enabled(
    if: PublishedVectors.exist("argon2/argon2id-reference-tests.json"), "\(PublishedVectors.whenAbsent)"))
struct Argon2AnswersTests {
  struct Answer: Decodable {
    let password: String
    let encoded: String
  }

  // The answers have salts of 8 bytes, which this package refuses: so the installed libsodium itself is held
  // to them, through its own text form.
  private typealias Verify =
    @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>, UInt64) -> CInt

  @Test("The installed libsodium gives the answers of Argon2's own tests, and refuses another password")
  func reference() throws {
    _ = SecureRandom.bytes(1)
    let found = unsafe dlsym(nil, "crypto_pwhash_str_verify")
    guard let symbol = unsafe found else {
      Issue.record("libsodium is not loaded")
      return
    }
    let verify = unsafe unsafeBitCast(symbol, to: Verify.self)
    let answers = try PublishedVectors.json(
      "argon2/argon2id-reference-tests.json", as: [Answer].self)
    #expect(!answers.isEmpty)
    for answer in answers {
      let length = UInt64(answer.password.utf8.count)
      let isVerified = unsafe verify(answer.encoded, answer.password, length) == 0
      let isFooled = unsafe verify(answer.encoded, answer.password + "x", length + 1) == 0
      #expect(isVerified && !isFooled)
    }
  }
}
