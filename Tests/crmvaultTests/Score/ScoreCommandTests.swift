import Foundation
import Testing

@testable import crmvault

/// `score` from import to output, through the commands.
struct ScoreCommandTests {
  /// A vault in a folder of its own, and commands on it.
  final class Bench: Sendable {
    let scratch: Scratch

    private init() throws {
      scratch = try Scratch()
      _ = try scratch.file("pw", "correct horse battery\n")
    }

    static func make() async throws -> Bench {
      let bench = try Bench()
      let status = await bench.run("init").status
      try #require(status == .done)
      return bench
    }

    func run(_ arguments: String...) async -> (status: ExitCode, output: String, errors: String) {
      let path = scratch.path
      let console = Console.inMemory(environment: [
        "CRMVAULT_VAULT": path + "/crm.vault", "CRMVAULT_KEYS": path + "/keys",
        "XDG_STATE_HOME": path + "/state",
        "CRMVAULT_PASSPHRASE_FILE": path + "/pw", "CRMVAULT_TEST_KDF": "floor",
      ])
      let status = await CommandLineRun.run(Crmvault.self, arguments: arguments, on: console)
      return (status, console.output.text, console.errors.text)
    }

    func importing(_ name: String, _ text: String) async throws {
      let file = try scratch.file(name, text)
      let result = await run("import", file, "--source", "shop")
      try #require(result.status == .done, "\(result.errors)")
    }
  }

  private static let factors = """
    account,purchase_frequency,purchase_amount,purchase_variety,product_quality,service_quality,price_satisfaction,\
    referral_value,information_value
    1,10,1000,5,4.5,4,4.5,200,100
    2,5,500,3,3.5,3,3.5,100,50

    """

  private static func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func `the article's customers get the article's scores, through import and command`() async throws {
    let bench = try await Bench.make()
    try await bench.importing("factors.csv", Self.factors)
    let run = await bench.run("score", "run", "--as-of", "2024-12-31", "--json")
    try #require(run.status == .done, "\(run.errors)")
    let json = try Self.object(run.output)
    #expect(json["model"] as? String == "literal")
    #expect(json["as_of"] as? String == "2024-12-31")
    #expect(json["customers"] as? Int == 2)
    #expect((json["excluded"] as? [String: Any])?.isEmpty == true)
    // New customers are numbered in no order that the file tells.
    let rows = try #require(json["scores"] as? [[String: Any]]).sorted {
      ($0["loyalty"] as? Double ?? 0) > ($1["loyalty"] as? Double ?? 0)
    }
    #expect(rows.map { $0["loyalty"] as? Double } == [338.3333333333333, 169.33333333333334])
    #expect(rows.map { $0["satisfaction"] as? Double } == [4.333333333333333, 3.3333333333333335])
    #expect(rows.map { $0["value"] as? Double } == [433.3333333333333, 216.66666666666666])
    #expect(run.output.contains("338.3333333333333,"))
    #expect((json["warnings"] as? [[String: Any]])?.first?["factor"] as? String == "amount")
    #expect(run.errors.contains("warning: amount carries"))

    let id = try #require(rows[0]["id"] as? String)
    let show = await bench.run("score", "show", id, "--as-of", "2024-12-31", "--json")
    #expect(try Self.object(show.output)["value"] as? Double == 433.3333333333333)
    let explain = await bench.run("score", "explain", id, "--as-of", "2024-12-31", "--json")
    let scores = try #require(try Self.object(explain.output)["scores"] as? [[String: Any]])
    #expect(scores.map { $0["sum"] as? Double } == [1015, 13, 1300])
    #expect(await bench.run("score", "explain", id, "--as-of", "2024-12-31").output.contains("loyalty"))
  }

  @Test func `CSV has a header and full precision, text has rows, and a limit cuts both`() async throws {
    let bench = try await Bench.make()
    try await bench.importing("factors.csv", Self.factors)
    let csv = await bench.run("score", "run", "--as-of", "2024-12-31", "--format", "csv", "--limit", "1")
    let lines = csv.output.split(separator: "\r\n")
    #expect(lines[0] == "id,frequency,amount,variety,loyalty,satisfaction,value")
    #expect(lines.count == 2)
    #expect(
      lines[1].hasSuffix(",10.0,1000.0,5.0,338.3333333333333,4.333333333333333,433.3333333333333")
        || lines[1].hasSuffix(",5.0,500.0,3.0,169.33333333333334,3.3333333333333335,216.66666666666666"))
    let text = await bench.run("score", "run", "--as-of", "2024-12-31", "--scores", "value")
    #expect(text.output.split(separator: "\n").count == 2)
    #expect(text.errors.contains("2 scored"))
  }

  @Test func `without factors nobody is scored, and a hint says what to ask for`() async throws {
    let bench = try await Bench.make()
    try await bench.importing(
      "payments.csv", "account,time,amount,product\n1,2024-01-01,10.00,tea\n2,2024-01-02,20.00,rice\n")
    let all = await bench.run("score", "run", "--as-of", "2024-12-31", "--json")
    #expect(all.status == .done)
    let json = try Self.object(all.output)
    #expect(json["customers"] as? Int == 0)
    #expect(json["excluded"] as? [String: Int] == ["missing:product_quality": 2])
    #expect(all.errors.contains("hint: add --scores loyalty"))
    let loyalty = await bench.run("score", "run", "--as-of", "2024-12-31", "--json", "--scores", "loyalty")
    #expect(try Self.object(loyalty.output)["customers"] as? Int == 2)
    let before = await bench.run("score", "run", "--as-of", "2023-12-31", "--json", "--scores", "loyalty")
    #expect(try Self.object(before.output)["excluded"] as? [String: Int] == ["missing:frequency": 2])
  }

  @Test func `usage is refused with 64, and needs no vault`() async throws {
    let bench = try await Bench.make()
    for arguments in [
      ["score", "run"], ["score", "run", "--as-of", "tomorrow"],
      ["score", "run", "--as-of", "2024-01-01", "--limit", "-1"],
      ["score", "run", "--as-of", "2024-01-01", "--json", "--format", "csv"],
      ["score", "show", "C-NONSENSE", "--as-of", "2024-01-01"],
    ] {
      let console = Console.inMemory()
      #expect(await CommandLineRun.run(Crmvault.self, arguments: arguments, on: console) == .usage)
      #expect(console.output.text.isEmpty)
    }
    let models = await bench.run("score", "models", "--json")
    #expect(models.output.contains(#""name":"weighted""#))
  }

  @Test func `a tampered block of statistics ends with 76 and not a byte of output`() async throws {
    let bench = try await Bench.make()
    try await bench.importing("factors.csv", Self.factors)
    try Self.tamper(bench.scratch.path + "/crm.vault/vault.sqlite")
    for format in ["json", "csv", "text"] {
      let run = await bench.run("score", "run", "--as-of", "2024-12-31", "--format", format)
      #expect(run.status == .integrity)
      #expect(run.output.isEmpty)
    }
  }

  /// Flips a bit of a block of statistics, with SQLite's own program.
  private static func tamper(_ file: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [
      "-c",
      """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1])
      sealed = bytearray(db.execute('select sealed from block where class = 3 and first_ordinal = 0').fetchone()[0])
      sealed[-1] ^= 1
      db.execute('update block set sealed = ? where class = 3 and first_ordinal = 0', (bytes(sealed),))
      db.commit()
      """, file,
    ]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }
}
