import Testing
import Vault

@testable import crmvault

/// No receipt, no plaintext: the entry is durable before anything is released.
@Suite struct ReleaseOrderTests {
  struct Reading: CustomTestStringConvertible, Sendable {
    let name: String
    let user: String
    let arguments: @Sendable (String) -> [String]
    var input = ""
    /// How many entries must be durable before anything is written to stdout.
    let commits: Int
    var testDescription: String { name }
  }

  static let readings: [Reading] = [
    Reading(name: "show", user: "agnes", arguments: { ["customer", "show", $0] }, commits: 1),
    Reading(
      name: "show --reveal", user: "agnes", arguments: { ["customer", "show", $0, "--reveal", "name"] },
      commits: 1),
    Reading(name: "history", user: "agnes", arguments: { ["customer", "history", $0] }, commits: 1),
    Reading(
      name: "find", user: "agnes", arguments: { _ in ["customer", "find", "phone"] }, input: "13800138000",
      commits: 2),
    Reading(
      name: "search", user: "sam", arguments: { _ in ["customer", "search"] }, input: "oolong", commits: 3),
    Reading(name: "list", user: "anna", arguments: { _ in ["customer", "list"] }, commits: 1),
    Reading(
      name: "update", user: "sam", arguments: { ["customer", "update", $0, "--from", "-"] },
      input: #"{"city":"Beijing"}"#, commits: 2),
    Reading(
      name: "rate", user: "agnes", arguments: { ["customer", "rate", $0, "--price", "3"] }, commits: 2),
  ]

  @Test(arguments: readings, [false, true])
  func `where an entry cannot be made durable, nothing is released`(reading: Reading, json: Bool) async throws
  {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    let arguments = reading.arguments(id) + (json ? ["--json"] : [])
    for number in 1...reading.commits {
      bench.wrapStore { FailingStore($0, failing: number) }
      let failed = await bench.run(arguments, as: reading.user, input: reading.input)
      #expect(failed.exit == .inputOutput, "commit \(number)")
      #expect(failed.out.isEmpty, "commit \(number)")
      for value in ["王", "13800138000", "oolong", "Shanghai"] { #expect(!failed.err.contains(value)) }
    }
    // There is no further entry that a release could be waiting for: with one more it goes through.
    bench.wrapStore { FailingStore($0, failing: reading.commits + 1) }
    let done = await bench.run(arguments, as: reading.user, input: reading.input)
    #expect(done.exit == .done)
    #expect(!done.out.isEmpty)
    bench.wrapStore(nil)
    #expect(await bench.run("whoami").exit == .done)
  }

  @Test func `a write that fails leaves no customer, no key in use and no acknowledgement`() async throws {
    let bench = try await CommandBench.make()
    bench.wrapStore { FailingStore($0, failing: 1) }
    let failed = await bench.run("customer", "add", "--from", "-", as: "sam", input: CommandBench.customer)
    #expect(failed.exit == .inputOutput && failed.out.isEmpty)
    bench.wrapStore(nil)
    #expect(await bench.run("customer", "list", as: "anna").out.isEmpty)
    let id = try await bench.addCustomer()
    #expect(await bench.run("customer", "show", id, as: "agnes").exit == .done)
  }

  @Test func `a refusal that cannot be recorded is an error of storage, and releases nothing`() async throws {
    let bench = try await CommandBench.make()
    let id = try await bench.addCustomer()
    bench.wrapStore { FailingStore($0, failing: 1) }
    let failed = await bench.run("customer", "show", id, as: "anna")
    #expect(failed.exit == .inputOutput && failed.out.isEmpty)
  }
}
