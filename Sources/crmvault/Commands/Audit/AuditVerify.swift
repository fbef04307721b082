import ArgumentParser
import AuditLog
import Glibc
import Sodium
import Vault
import VaultSQLite

/// `crmvault audit verify`
struct AuditVerifyCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Verify the whole audit log.",
    discussion: """
      Rebuilds the tree from the bytes of every entry and checks every kept checkpoint with both signatures, every \
      statement with its signature and right, and every ciphertext against its envelope; that the log continues what \
      this machine and the file of customer keys have seen, and the checkpoint given with --since. For who may read \
      the log, also that every sealed part opens to its envelope and that every actor signed; that is a reading, and \
      an entry. --keyless needs no user, only the log's public key, keys/VAULT.vkey.

      --policy names a trust policy (c2sp.org/tlog-policy): which witnesses must have signed a head of the log. The result       says up to which entry they have; what came after it rests on the log's own word.

      Exit status: 0 the log verifies, 64 usage, 66 no such vault or file, 76 it does not, 77 wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Flag(help: "Without any user: only the log's public key.") var keyless = false
  @Option(help: "A checkpoint that was kept: the log must continue it.", completion: .file()) var since:
    String?
  @Option(help: "A trust policy: which witnesses must have signed.", completion: .file()) var policy: String?
  @Option(help: "The log's public key (default: VAULT.vkey in the keyring folder).", completion: .file())
  var vkey: String?

  func run(on console: Console) async throws {
    var anchor = LogAnchor()
    anchor.verifierKey = try VerifierKeyFile.read(vkey, options, isNeeded: keyless || vkey != nil, console)
    anchor.kept = try since.map { try SignedNote(parsing: Array(TextFile.read($0, limit: 1 << 16).utf8)) }
    anchor.policy = try policy.map { try TrustPolicyFile.read($0) }
    let progress = Progress("verifying", of: 0, on: console)
    defer { progress.finish() }
    let report: VerificationReport
    if keyless {
      anchor.memoryFolder = try? GlobalOptions.stateFolder(in: console.environment)
      let store = try SQLiteStore.open(
        folder: try options.vaultFolder(in: console.environment), readOnly: true)
      report = try await Session.verifyLog(in: store, anchor, workers: Processors.count) {
        progress.advance(by: $0)
      }
    } else {
      let session = try options.openSession(on: console)
      report = try await session.verifyLog(anchor, workers: Processors.count) { progress.advance(by: $0) }
    }
    progress.finish()
    try VerificationOutput(report, isVault: false).write(json: options.json, on: console)
  }
}

/// A trust policy's file.
enum TrustPolicyFile {
  /// Reads a policy.
  static func read(_ path: String) throws -> TrustPolicy {
    let text = try TextFile.read(path, limit: TrustPolicy.byteLimit)
    do throws(LogError) { return try TrustPolicy(parsing: Array(text.utf8)) } catch {
      throw CommandFailure.badInput("bad_policy", "\(path): \(error.reason)")
    }
  }
}

/// The file of a log's public verifier key.
enum VerifierKeyFile {
  /// Reads the one that is named, else `VAULT.vkey` of the keyring; nil where it is not needed and not there.
  static func read(_ named: String?, _ options: GlobalOptions, isNeeded: Bool, _ console: Console) throws
    -> LogVerifierKey?
  {
    let environment = console.environment
    let keyring = Keyring(folder: options.keyring(in: environment).path)
    let path = try named ?? keyring.verifierPath(options.location(in: environment).name)
    guard isNeeded || TextFile.exists(path) else { return nil }
    let text = try TextFile.read(path, limit: 4096)
    do throws(LogError) {
      return try LogVerifierKey(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    } catch {
      throw CommandFailure.configuration("bad_vkey", "\(path) is no verifier key: \(error.reason)")
    }
  }
}

/// How many processors there are to work with.
enum Processors {
  /// At least one.
  static var count: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }
}
