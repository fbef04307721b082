public import Sodium

/// The shareable half of a user: name, signing key and sealing key, as in `NAME.pub`.
///
/// The file is text: a first line `crmvault-identity-v1`, then `name:`, `signing:`, `box:` and `proof:` lines.
/// The proof is the user's own signature over name and both keys, so that a changed file is noticed.
public struct PublicIdentity: Sendable, Hashable {
  /// The user's name: letters, digits, `.`, `-` and `_`, 1 to 64 of them.
  public let name: String
  /// The Ed25519 key that verifies the user's statements and checkpoints.
  public let signingKey: VerifyingKey
  /// The X25519 key to which role keys are sealed.
  public let boxKey: BoxPublicKey

  /// The user's key id.
  public var keyID: KeyID { KeyID(signingKey) }

  /// An identity of these parts.
  public init(name: String, signingKey: VerifyingKey, boxKey: BoxPublicKey) {
    self.name = name
    self.signingKey = signingKey
    self.boxKey = boxKey
  }

  /// Whether a text may be a user's name.
  public static func isName(_ text: String) -> Bool {
    guard (1...64).contains(text.utf8.count), !text.hasPrefix("."), !text.hasPrefix("-") else { return false }
    return text.utf8.allSatisfy {
      switch $0 {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
      default: false
      }
    }
  }

  /// What the proof signs.
  static func proofMessage(name: String, signingKey: VerifyingKey, boxKey: BoxPublicKey) -> [UInt8] {
    Array("crmvault/identity/v1".utf8) + [0] + signingKey.bytes + boxKey.bytes + Array(name.utf8)
  }

  /// The file's text, with a proof made by the user.
  func text(proof: [UInt8]) -> String {
    """
    \(Self.header)
    name: \(name)
    signing: \(Base64.encode(signingKey.bytes))
    box: \(Base64.encode(boxKey.bytes))
    proof: \(Base64.encode(proof))

    """
  }

  private static let header = "crmvault-identity-v1"

  /// Reads a `.pub` file's text.
  ///
  /// - Throws: ``VaultError`` `.configuration` when it is not one, `.integrity` when its proof fails.
  public init(parsing text: String) throws(VaultError) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let malformed = VaultError(.configuration, "this is not a crmvault identity (.pub) file")
    guard lines.count == 6, lines[0] == Self.header, lines[5].isEmpty else { throw malformed }
    func value(_ line: Int, _ key: String) -> String? {
      lines[line].hasPrefix(key + ": ") ? String(lines[line].dropFirst(key.count + 2)) : nil
    }
    guard let name = value(1, "name"), Self.isName(name),
      let signing = value(2, "signing").flatMap({ try? Base64.decode($0) }).flatMap({ VerifyingKey($0) }),
      let box = value(3, "box").flatMap({ try? Base64.decode($0) }).flatMap({ BoxPublicKey($0) }),
      let proof = value(4, "proof").flatMap({ try? Base64.decode($0) })
    else { throw malformed }
    self.init(name: name, signingKey: signing, boxKey: box)
    let message = Self.proofMessage(name: name, signingKey: signing, boxKey: box)
    guard signing.verifies(proof.span, of: message.span) else {
      throw VaultError(
        .integrity, "the identity file of \(name) was changed: its proof does not verify",
        hint: "ask \(name) for the file again")
    }
  }
}
