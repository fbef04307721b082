import Foundation
import Testing

@testable import crmvault

/// A vault on disk with one user, made with the cheapest stretching.
final class ImportedVault {
  let scratch: Scratch
  private let environment: [String: String]

  init(zone: String = "Asia/Shanghai") async throws {
    scratch = try Scratch()
    let passphrase = try scratch.file("pw", "correct horse battery")
    environment = [
      "CRMVAULT_TEST_KDF": "floor", "XDG_STATE_HOME": scratch.path + "/state", "HOME": scratch.path,
      "CRMVAULT_VAULT": scratch.path + "/crm.vault", "CRMVAULT_KEYS": scratch.path + "/keys",
      "CRMVAULT_PASSPHRASE_FILE": passphrase,
    ]
    let made = await run("init", "--zone", zone)
    try #require(made.exit == .done)
  }

  struct Outcome {
    let exit: ExitCode
    let output: String
    let errors: String
    /// A number of the JSON document on stdout.
    func number(_ name: String) -> Int? {
      let object = try? JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
      return object?[name] as? Int
    }
  }

  func run(_ arguments: String...) async -> Outcome { await run(arguments) }

  func run(_ arguments: [String]) async -> Outcome {
    let console = Console.inMemory(environment: environment)
    let exit = await CommandLineRun.run(Crmvault.self, arguments: arguments, on: console)
    return Outcome(exit: exit, output: console.output.text, errors: console.errors.text)
  }

  /// Imports a file of this text.
  func load(_ text: String, name: String = "rows.csv", _ options: String...) async throws -> Outcome {
    let path = try scratch.file(name, text)
    return await run(["import", path, "--json"] + options)
  }
}

@Suite("crmvault import")
struct ImportCommandTests {
  private static let payments = """
    account,time,amount,currency,product,order_id,refund_of
    a1,2024-05-01,12.50,,tea,1,
    a2,2024-05-01T23:30:00Z,99,USD,,2,
    a1,2024-05-02,-12.50,CNY,tea,3,1

    """

  @Test("reports what it did, and the same file again adds nothing")
  func reports() async throws {
    let vault = try await ImportedVault()
    let first = try await vault.load(Self.payments)
    #expect(first.exit == .done)
    #expect(
      first.output == """
        {"rows":3,"customers_added":2,"customers_updated":0,"events_added":3,"duplicates":0,"rejected":0,\
        "rejects_file":null}

        """)
    let again = try await vault.load(Self.payments)
    #expect(again.number("events_added") == 0)
    #expect(again.number("duplicates") == 3)
  }

  @Test("refuses a file with one bad row whole, naming the place and not the value")
  func stops() async throws {
    let vault = try await ImportedVault()
    let outcome = try await vault.load(Self.payments + "a3,2024-13-01,5,,,4,\n")
    #expect(outcome.exit == .badInput)
    #expect(outcome.errors.contains("rows.csv:5: time: no such date"))
    #expect(!outcome.errors.contains("2024-13"))
    let whole = try await vault.load(Self.payments)
    #expect(whole.number("customers_added") == 2)
  }

  @Test("skips bad rows where it is told to, and lists them without their values")
  func skips() async throws {
    let vault = try await ImportedVault()
    let rows = """
      account,name,phone,city
      a1,Li Lei,+86 138 0013 8000,Wuhan
      a2,Han Meimei,123,Wuhan
      a3,Jim,,London

      """
    let outcome = try await vault.load(rows, name: "people.csv", "--on-error", "skip")
    #expect(outcome.exit == .done)
    #expect(outcome.number("customers_added") == 2)
    #expect(outcome.number("rejected") == 1)
    let listing = try String(contentsOfFile: vault.scratch.path + "/people.csv.rejects.csv", encoding: .utf8)
    #expect(listing == "line,field,problem\r\n3,phone,invalid_phone: not a phone number\r\n")
  }

  @Test("refuses a purpose that the policy does not have")
  func knowsPurposes() async throws {
    let vault = try await ImportedVault()
    let outcome = try await vault.load("account,time,purpose,state\na1,2024-01-01,astrology,granted\n")
    #expect(outcome.exit == .badInput)
    #expect(outcome.errors.contains("purpose: the policy has no such purpose"))
  }

  @Test(
    "refuses a pipe, a missing file, a folder, an unknown mapping and a bad source before it asks for anything"
  )
  func refuses() async throws {
    let vault = try await ImportedVault()
    let outcomes: [(ImportedVault.Outcome, ExitCode)] = [
      (await vault.run("import", "-"), .usage), (await vault.run("import", "/dev/null"), .usage),
      (await vault.run("import", vault.scratch.path + "/none.csv"), .missing),
      (await vault.run("import", vault.scratch.path), .missing),
      (try await vault.load(Self.payments, "--mapping", "payments"), .badInput),
      (try await vault.load(Self.payments, "--source", "a/b"), .usage),
    ]
    for (outcome, exit) in outcomes { #expect(outcome.exit == exit) }
  }

  @Test("tells which columns it does not take")
  func namesExtraColumns() async throws {
    let vault = try await ImportedVault()
    let outcome = try await vault.load("account,time,amount,weather\na1,2024-01-01,5,rain\n")
    #expect(outcome.exit == .done)
    #expect(outcome.errors.contains("not imported: weather"))
  }

  @Test("that is a dry run says what would happen and changes nothing")
  func rehearses() async throws {
    let vault = try await ImportedVault()
    let said = try await vault.load(Self.payments, "--dry-run")
    let done = try await vault.load(Self.payments)
    #expect(said.output == done.output)
    #expect(done.number("customers_added") == 2)
  }

  @Test("gives the article's two customers their factors")
  func factors() async throws {
    let vault = try await ImportedVault()
    let rows = """
      account,purchase_frequency,purchase_amount,product_quality,service_quality,price_satisfaction,referral_value
      A,12,1000,5,4,4,300
      B,8,500,3,4,3,150

      """
    let first = try await vault.load(rows)
    let again = try await vault.load(rows)
    #expect(first.number("events_added") == 2)
    #expect(again.number("duplicates") == 2)
  }

  @Test("lists the built-in mappings without a vault")
  func mappings() async throws {
    let console = Console.inMemory()
    let exit = await CommandLineRun.run(Crmvault.self, arguments: ["import", "mappings"], on: console)
    #expect(exit == .done)
    #expect(console.output.text.contains("transactions: account*,time*,amount*,currency"))
  }
}
