import AuditLog
import Foundation
import Sodium
import Synchronization
import Vault
import VaultSQLite
import VaultTesting

@testable import crmvault

/// A vault with one user per role in a folder of its own, and commands run on it as a person would type them.
///
/// `owner` is only custodian; `sam` steward, `agnes` agent, `anna` analyst, `paul` privacy officer, `aude` auditor;
/// `newt` has an identity and is not enrolled.
final class CommandBench: Sendable {
  static let users = ["owner", "sam", "agnes", "anna", "paul", "aude", "newt"]
  private static let grants = [
    "sam:steward", "agnes:agent", "anna:analyst", "paul:privacy-officer", "aude:auditor",
  ]
  private static let template = Task { try await CommandBench(founding: true) }

  let folder: TemporaryFolder
  let clock = MovedClock()
  private let wrap = Mutex<(@Sendable (any Store) -> any Store)?>(nil)

  /// What a command did.
  struct Outcome {
    let exit: ExitCode
    let out: String
    let err: String
    let shown: String

    /// stdout as JSON.
    func json() throws -> Any {
      try JSONSerialization.jsonObject(with: Data(out.utf8), options: .fragmentsAllowed)
    }
    func object() throws -> [String: Any] { try json() as? [String: Any] ?? [:] }
    func list() throws -> [[String: Any]] { try json() as? [[String: Any]] ?? [] }
  }

  /// A fresh copy of the founded vault.
  static func make() async throws -> CommandBench {
    let bench = try await CommandBench(founding: false)
    let founded = try await template.value
    for name in ["keys", "crm.vault", "state", "pw", "pw2"] {
      try FileManager.default.copyItem(atPath: founded.folder.file(name), toPath: bench.folder.file(name))
    }
    return bench
  }

  private init(founding: Bool) async throws {
    folder = try TemporaryFolder()
    guard founding else { return }
    try write("pw", "correct horse battery")
    try write("pw2", "another horse battery")
    for user in Self.users {
      let made = await run("user", "new", user)
      guard made.exit == .done else { throw BenchError(what: made.err) }
    }
    let founded = await run(
      ["init", "--roles", "custodian"] + Self.grants.flatMap { ["--grant", $0] }, as: "owner")
    guard founded.exit == .done else { throw BenchError(what: founded.err) }
    // The machine remembers the vault from the first look at it.
    guard await run("whoami").exit == .done else { throw BenchError(what: "the new vault does not open") }
  }

  /// Writes a file into the folder and gives its path.
  @discardableResult
  func write(_ name: String, _ text: String, mode: Int = 0o600) throws -> String {
    let path = folder.file(name)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    return path
  }

  /// Puts something between the commands and the store from now on.
  func wrapStore(_ body: (@Sendable (any Store) -> any Store)?) { wrap.withLock { $0 = body } }

  func run(
    _ arguments: String..., as user: String = "owner", input: String = "", answers: [String]? = nil,
    terminal: Bool = false, passphrase: String = "pw"
  ) async -> Outcome {
    await run(arguments, as: user, input: input, answers: answers, terminal: terminal, passphrase: passphrase)
  }

  func run(
    _ arguments: [String], as user: String = "owner", input: String = "", answers: [String]? = nil,
    terminal: Bool = false, passphrase: String = "pw"
  ) async -> Outcome {
    let environment = [
      "CRMVAULT_TEST_KDF": "floor", "XDG_STATE_HOME": folder.file("state"), "CRMVAULT_USER": user,
      "CRMVAULT_VAULT": folder.file("crm.vault"), "CRMVAULT_KEYS": folder.file("keys"),
      "CRMVAULT_PASSPHRASE_FILE": passphrase.isEmpty ? "" : folder.file(passphrase),
    ]
    var console = Console.inMemory(
      input: input, isTerminal: terminal, answers: answers, environment: environment)
    let wrap = wrap.withLock { $0 }
    console.wallClock = clock
    console.openStore = { folder in
      let store = try SQLiteStore.open(folder: folder)
      return wrap?(store) ?? store
    }
    let exit = await CommandLineRun.run(Crmvault.self, arguments: arguments, on: console)
    return Outcome(exit: exit, out: console.output.text, err: console.errors.text, shown: console.shown)
  }

  /// Adds a customer as the steward and gives the id.
  func addCustomer(_ json: String = CommandBench.customer) async throws -> String {
    let added = await run("customer", "add", "--from", "-", "--json", as: "sam", input: json)
    guard let id = try? added.object()["id"] as? String else { throw BenchError(what: added.err) }
    return id
  }

  static let customer = """
    {"name": "王小明", "phone": "13800138000", "email": "Wang@Example.com", "birth_date": "1990-05-17",
     "city": "Shanghai", "account.shop": "A-1", "note": "likes oolong"}
    """

  /// The fingerprint that a user sees.
  func fingerprint(of user: String) throws -> String {
    try Keyring(folder: folder.file("keys")).publicIdentity(user).fingerprint
  }
}

struct BenchError: Error {
  let what: String
}

/// The machine's clock, moved by a test.
final class MovedClock: Clock {
  private let offset = Mutex<UInt64>(0)
  func move(days: UInt64) { offset.withLock { $0 += days * 86_400 * 1_000_000_000 } }
  func now() -> LogTime { LogTime(nanoseconds: SystemClock().now().nanoseconds + offset.withLock { $0 }) }
  func monotonic() -> UInt64 { SystemClock().monotonic() }
}
