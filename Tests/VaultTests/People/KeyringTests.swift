import Sodium
import Testing
import VaultTesting

@testable import Vault

@Suite struct KeyringTests {
  private static func bytes(_ text: String) -> WipedBytes {
    var bytes = WipedBytes()
    bytes.append(copying: text.utf8)
    return bytes
  }

  @Test func `a key file opens with its passphrase, and its keys are those of the .pub file`() throws {
    let identity = SecretIdentity.generate(name: "anna")
    let file = try KeyFile.seal(identity, passphrase: Self.bytes("four words"), parameters: .testFloor)
    let opened = try KeyFile.open(
      file.span, identity: identity.identity, passphrase: Self.bytes("four words"))
    #expect(opened.signing.publicKey == identity.identity.signingKey)
    #expect(throws: VaultError(.wrongPassphrase, "")) {
      _ = try KeyFile.open(file.span, identity: identity.identity, passphrase: Self.bytes("four wordz"))
    }
    let other = SecretIdentity.generate(name: "anna")
    #expect(throws: VaultError(.integrity, "")) {
      _ = try KeyFile.open(file.span, identity: other.identity, passphrase: Self.bytes("four words"))
    }
  }

  @Test func `every byte of a key file matters, and so does every length`() throws {
    let identity = SecretIdentity.generate(name: "anna")
    let file = try KeyFile.seal(identity, passphrase: Self.bytes("four words"), parameters: .testFloor)
    // Flips in passes and memory would cost what they say: those are tried in bounds elsewhere.
    for index in file.indices where !(18..<26).contains(index) {
      var changed = file
      changed[index] ^= 0x40
      #expect(throws: VaultError.self, "byte \(index)") {
        _ = try KeyFile.open(changed.span, identity: identity.identity, passphrase: Self.bytes("four words"))
      }
    }
    for count in 0..<file.count {
      let part = Array(file[..<count])
      #expect(throws: VaultError.self) {
        _ = try KeyFile.open(part.span, identity: identity.identity, passphrase: Self.bytes("four words"))
      }
    }
  }

  @Test(arguments: [
    [UInt8](repeating: 0xff, count: 8), [0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff],
    [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 8],
    [0, 0, 0, 0, 0, 0, 0, 8], [0, 0, 0, 1, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0, 0, 7],
  ])
  func `costs out of bounds are refused by the header alone`(costs: [UInt8]) throws {
    let identity = SecretIdentity.generate(name: "anna")
    var file = try KeyFile.seal(identity, passphrase: Self.bytes("four words"), parameters: .testFloor)
    file.replaceSubrange(18..<26, with: costs)
    #expect(throws: VaultError(.configuration, "")) { _ = try KeyFile.parameters(of: file.span) }
    #expect(throws: VaultError(.configuration, "")) {
      _ = try KeyFile.open(file.span, identity: identity.identity, passphrase: Self.bytes("four words"))
    }
  }

  @Test func `a .pub file proves name and both keys`() throws {
    let text = SecretIdentity.generate(name: "anna").publicText
    #expect(try PublicIdentity(parsing: text).name == "anna")
    let other = SecretIdentity.generate(name: "anna").publicText.split(separator: "\n")
    let lines = text.split(separator: "\n")
    for index in 1..<5 {
      var changed = lines
      changed[index] = index == 1 ? "name: anne" : other[index]
      #expect(throws: VaultError(.integrity, "")) {
        _ = try PublicIdentity(parsing: changed.joined(separator: "\n") + "\n")
      }
    }
    for wrong in ["", text + "x", String(text.dropLast()), text.replacing("box:", with: "Box:")] {
      #expect(throws: VaultError(.configuration, "")) { _ = try PublicIdentity(parsing: wrong) }
    }
  }

  @Test func `an identity that cannot be written whole is not written at all`() throws {
    let folder = try TemporaryFolder()
    let keyring = Keyring(folder: folder.path)
    let identity = try keyring.makeIdentity(
      name: "anna", passphrase: Self.bytes("four words"), parameters: .testFloor)
    #expect(throws: VaultError(.exists, "")) {
      _ = try keyring.makeIdentity(name: "anna", passphrase: Self.bytes("four words"), parameters: .testFloor)
    }
    let sealed = try KeyFile.seal(identity, passphrase: Self.bytes("other words"), parameters: .testFloor)
    #expect(throws: VaultError(.exists, "")) {
      try SystemFile.write(sealed.span, to: keyring.keyPath("anna"), mode: 0o600, replacing: false)
    }
    _ = try keyring.open("anna", passphrase: Self.bytes("four words"))
  }
}
