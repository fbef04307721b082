import Sodium
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault

@Suite("Certificates of erasure")
struct CertificateTests {
  /// An erased customer's certificate, and the log's key.
  private static func certificate(
    _ bench: RightsBench, _ number: Int = 1, _ classes: Set<DataClass> = ErasureTests.everything
  ) throws -> (id: Pseudonym, bytes: [UInt8], key: LogVerifierKey) {
    let id = try bench.customer(number)
    try ErasureTests.erase(bench, id, classes)
    let session = bench.session(.privacyOfficer)
    return (id, try session.erasureCertificate(of: id).bytes, try session.logVerifierKey())
  }

  private static func refuses(_ bytes: [UInt8], _ key: LogVerifierKey) -> Bool {
    do {
      _ = try ErasureCertificate.verify(bytes, keys: [key])
      return false
    } catch { return true }
  }

  /// The certificate with some of its members changed, signed anew by somebody.
  private static func forged(
    _ bytes: [UInt8], by identity: SecretIdentity? = nil, _ change: (inout JSONObject) -> Void
  ) throws -> [UInt8] {
    guard case .object(var members) = try CanonicalJSON.parse(bytes.dropLast() + []) else { return [] }
    change(&members)
    if let identity, let vault = Hexadecimal.bytes(members["vault"]?.string ?? "").flatMap({ VaultID($0) }) {
      members["sig"] = nil
      let message = ErasureCertificate.message(try CanonicalJSON.encode(.object(members)), vault)
      members["sig"] = .string(Base64.encode(identity.signing.sign(message.span)))
    }
    return try CanonicalJSON.encode(.object(members)) + [0x0a]
  }

  @Test func `a certificate proves the erasure with nothing but the log's public key`() throws {
    let bench = try RightsBench()
    let (id, bytes, key) = try Self.certificate(bench, 1, [.identity, .profile])
    #expect(ErasureCertificate.isOne(bytes))
    let proven = try ErasureCertificate.verify(bytes, keys: [key])
    #expect(proven.customer == id && proven.classes == [.identity, .profile])
    #expect(proven.kept == [.behavior, .consent, .score] && proven.tags == 2)
    #expect(proven.signedBy == bench.vault.owner.keyID && !proven.notReached.isEmpty)
    let text = String(decoding: bytes, as: UTF8.self)
    for value in ["Somebody", "1381234", "A-1", "Wuhan"] { #expect(!text.contains(value)) }
  }

  @Test func `who was merged into the customer is in the certificate of either`() throws {
    let bench = try RightsBench()
    let (one, two) = (try bench.customer(1), try bench.customer(2))
    _ = try bench.session(.steward).mergeCustomer(one, into: two, purpose: nil)
    try ErasureTests.erase(bench, two)
    let session = bench.session(.privacyOfficer)
    let key = try session.logVerifierKey()
    for (id, other) in [(one, two), (two, one)] {
      let proven = try ErasureCertificate.verify(session.erasureCertificate(of: id).bytes, keys: [key])
      #expect(proven.customer == id && proven.merged == [other])
    }
  }

  @Test func `a certificate of another customer, of more classes or of another vault does not verify`() throws
  {
    let bench = try RightsBench()
    let (_, bytes, key) = try Self.certificate(bench, 1, [.identity])
    let other = try bench.customer(2)
    let owner = bench.vault.owner
    let renamed = try Self.forged(bytes, by: owner) { $0["customer"] = .string(other.description) }
    #expect(Self.refuses(renamed, key))
    let widened = try Self.forged(bytes, by: owner) {
      $0["classes"] = .array([.string("identity"), .string("behavior")])
      $0["kept"] = .array([])
    }
    #expect(Self.refuses(widened, key))
    for member in ["removals", "enrolments", "erasures", "chain"] {
      #expect(Self.refuses(try Self.forged(bytes, by: owner) { $0[member] = .array([]) }, key), "\(member)")
    }
    let elsewhere = try RightsBench()
    let (_, foreign, foreignKey) = try Self.certificate(elsewhere)
    #expect(Self.refuses(foreign, key) && Self.refuses(bytes, foreignKey))
    #expect(
      Self.refuses(
        try Self.forged(bytes, by: owner) { $0["vault"] = .string(String(repeating: "0", count: 32)) }, key))
  }

  @Test func `only a privacy officer's signature counts, and every byte does`() throws {
    let bench = try RightsBench()
    let (_, bytes, key) = try Self.certificate(bench)
    let stranger = SecretIdentity.generate(name: "mallory")
    let signed = try Self.forged(bytes, by: stranger) { $0["by"] = .string(stranger.keyID.description) }
    #expect(Self.refuses(signed, key))
    #expect(Self.refuses(try Self.forged(bytes, by: stranger) { _ in }, key))
    #expect(Self.refuses(try Self.forged(bytes) { $0["tags"] = .integer(0) }, key))
    for place in stride(from: 0, to: bytes.count, by: 97) {
      var changed = bytes
      changed[place] ^= 1
      #expect(Self.refuses(changed, key), "byte \(place)")
    }
  }

  @Test func `there is no certificate where nothing was erased, and none of what only a restriction says`()
    throws
  {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    let session = bench.session(.privacyOfficer)
    #expect(code { _ = try session.erasureCertificate(of: id) } == "not_found")
    _ = try session.restrictSubject(id)
    #expect(code { _ = try session.erasureCertificate(of: id) } == "not_found")
    #expect(code { _ = try bench.session(.steward).erasureCertificate(of: id) } == "not_permitted")
  }
}
