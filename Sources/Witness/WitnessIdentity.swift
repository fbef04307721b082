public import AuditLog
internal import Sodium

/// A witness's name and key: the file `witness.key` of its folder, mode 0600.
///
/// | bytes | what |
/// |---|---|
/// | 16 | `crmvault-witness` |
/// | 2 | format 1, kind 1: Ed25519, not sealed (a witness must start without anybody there) |
/// | 32 | seed |
/// | 32 | public key, which must belong to the seed |
/// | 2 | length of the name, big-endian |
/// | | name in UTF-8 |
public final class WitnessIdentity: Sendable {
  /// The public half: what logs and auditors are configured with.
  public let verifierKey: LogVerifierKey
  private let key: SigningKey

  static let fileName = "witness.key"
  private static let magic = Array("crmvault-witness".utf8) + [1, 1]
  private static let byteLimit = 1024

  private init(verifierKey: LogVerifierKey, key: consuming SigningKey) {
    self.verifierKey = verifierKey
    self.key = key
  }

  /// Makes a witness: a new folder with a new key in it.
  ///
  /// - Parameter name: the key's name, by custom a URL without its scheme.
  /// - Throws: `usage` for a name that no key may have, `exists` where anything has the folder's name.
  public static func create(in folder: String, name: String) throws(WitnessError) -> WitnessIdentity {
    guard name.utf8.count <= 255, LogVerifierKey.isValid(name: name) else {
      throw WitnessError(.usage, "a witness's name has 1 to 255 bytes, no space and no '+'")
    }
    let key = SigningKey.generate()
    let identity = try WitnessIdentity(named: name, key)
    let place = StateFolder(path: folder)
    try place.create()
    try place.makeFolder(HeadBook.headsFolder)
    try place.makeFolder(HeadBook.evidenceFolder)
    try place.write(Array((identity.verifierKey.text + "\n").utf8), to: "witness.vkey", mode: 0o644)
    // Last: a folder without it is none.
    var file = magic
    identity.key.seed().withBytes { for index in $0.indices { file.append($0[index]) } }
    file += identity.verifierKey.key.bytes
    file += [UInt8(name.utf8.count >> 8), UInt8(truncatingIfNeeded: name.utf8.count)]
    file += Array(name.utf8)
    defer { for index in file.indices { file[index] = 0 } }
    try place.write(file, to: fileName)
    return identity
  }

  /// Opens the witness of a folder.
  ///
  /// - Throws: `missing`, `configuration` for a file that others can use, `integrity` for one that was damaged.
  public static func open(_ folder: String) throws(WitnessError) -> WitnessIdentity {
    guard var file = try StateFolder(path: folder).read(fileName, limit: byteLimit, isPrivate: true) else {
      throw WitnessError(.missing, "there is no witness in \(folder)")
    }
    defer { for index in file.indices { file[index] = 0 } }
    guard file.count > 84, Array(file[..<18]) == magic, file.count == 84 + Int(file[82]) << 8 + Int(file[83]),
      let name = String(validating: file[84...], as: UTF8.self),
      let seed = try? Key<SeedPurpose>.copying(file.span.extracting(18..<50))
    else { throw WitnessError(.integrity, "the witness's key file in \(folder) is damaged, or none") }
    let key = SigningKey(seed: seed)
    guard key.publicKey.bytes == Array(file[50..<82]) else {
      throw WitnessError(.integrity, "the witness's key file in \(folder) is damaged")
    }
    return try WitnessIdentity(named: name, key)
  }

  private convenience init(named name: String, _ key: consuming SigningKey) throws(WitnessError) {
    let verifierKey: LogVerifierKey
    do throws(LogError) {
      verifierKey = try LogVerifierKey(name: name, use: .cosignature, key: key.publicKey)
    } catch { throw WitnessError(.integrity, "the witness's name is none: \(error.reason)") }
    self.init(verifierKey: verifierKey, key: key)
  }

  /// Cosigns a checkpoint at a time in POSIX seconds.
  func cosign(_ checkpoint: Checkpoint, time: UInt64) throws(WitnessError) -> NoteSignature {
    do throws(LogError) {
      return try NoteSigner(verifierKey).cosign(checkpoint, time: time, with: key)
    } catch { throw WitnessError(.configuration, error.reason) }
  }
}
