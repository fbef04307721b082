import ArgumentParser
import Glibc
import Testing

@testable import crmvault

private struct ForeignError: Error { let payload: String }

private struct KnownError: CommandError {
  var commandFailure: CommandFailure { CommandFailure("rolled_back", "the vault is older", exit: .integrity) }
}

private struct Root: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crmvault", subcommands: [Find.self, Flags.self, Fail.self])
}

private struct Find: ConsoleCommand {
  @OptionGroup var global: GlobalOptions
  @Argument var field: String
  func run(on console: Console) throws { try console.output.write("found \(field)\n") }
}

private struct Flags: ConsoleCommand {
  func run(on console: Console) async throws { throw crmvault.ExitCode.openFlags }
}

private struct Fail: ConsoleCommand {
  @OptionGroup var global: GlobalOptions
  func run(on console: Console) throws { throw ForeignError(payload: "13800000000") }
}

@Suite struct FailureTests {
  private func run(_ arguments: String...) async -> (crmvault.ExitCode, Console) {
    let console = Console.inMemory()
    return (await CommandLineRun.run(Root.self, arguments: arguments, on: console), console)
  }

  @Test func `a failure is one line of fault and then hints`() {
    let console = Console.inMemory()
    let failure = CommandFailure.configuration("code", "it is\nso", hints: "do this", "or that")
    FailureReport.write(failure, json: false, to: console)
    #expect(
      console.errors.text
        == "crmvault: it is<U+000A>so\ncrmvault: hint: do this\ncrmvault: hint: or that\n")
    #expect(console.output.text.isEmpty)
  }

  @Test func `with --json the failure is also a JSON line on stderr`() {
    let console = Console.inMemory()
    var failure = CommandFailure("approval_required", "not yet", hint: "wait", exit: .notPermitted)
    failure.request = "7"
    FailureReport.write(failure, json: true, to: console)
    #expect(
      console.errors.text.hasSuffix(
        #"{"error":{"code":"approval_required","message":"not yet","hint":"wait","request":"7"}}"# + "\n"))
  }

  @Test func `an error that nobody mapped is a bug and its payload is not shown`() async {
    let (exit, console) = await run("fail", "--json")
    #expect(exit == .bug)
    #expect(console.errors.text.contains("ForeignError"))
    #expect(!console.errors.text.contains("13800000000"))
    #expect(console.output.text.isEmpty)
  }

  @Test func `an error of another module says its own exit code`() {
    #expect(CommandFailure.describing(KnownError()).exit == .integrity)
  }

  @Test func `system errors have the exit codes of the contract`() {
    #expect(CommandFailure.system(ENOSPC, doing: "write").exit == .inputOutput)
    #expect(CommandFailure.system(ENOENT, doing: "read").exit == .missing)
    #expect(CommandFailure.system(EIO, doing: "read").message == "cannot read: input/output error")
  }

  @Test func `help is a result and ends with 0`() async {
    let (exit, console) = await run("--help")
    #expect(exit == .done)
    #expect(console.output.text.contains("USAGE: crmvault"))
    #expect(console.errors.text.isEmpty)
  }

  @Test func `help of a subcommand by the help command is a result as well`() async {
    let (exit, console) = await run("help", "find")
    #expect(exit == .done)
    #expect(console.output.text.contains("--passphrase-file"))
  }

  @Test(arguments: [["find"], ["find", "phone", "--nonsense"], ["nonsense"], ["find", "phone", "--vault"]])
  func `a wrong command line ends with 64 and says what is wrong on stderr`(arguments: [String]) async {
    let console = Console.inMemory()
    let exit = await CommandLineRun.run(Root.self, arguments: arguments, on: console)
    #expect(exit == .usage)
    #expect(console.errors.text.hasPrefix("crmvault: "))
    #expect(console.output.text.isEmpty)
  }

  @Test func `an argument too many may be personal and is not repeated`() async {
    for extra in [["13800000000"], ["13800000000", "Li Wei"]] {
      let console = Console.inMemory()
      let exit = await CommandLineRun.run(Root.self, arguments: ["find", "phone"] + extra, on: console)
      #expect(exit == .usage)
      #expect(!console.errors.text.contains("13800000000"))
      #expect(console.errors.text.contains("--from"))
    }
  }

  @Test func `a value of the wrong kind is not repeated either`() async {
    let (exit, console) = await run("find", "phone", "--passphrase-fd", "13800000000x")
    #expect(exit == .usage)
    #expect(!console.errors.text.contains("13800000000"))
    #expect(console.errors.text.contains("the value is invalid for '--passphrase-fd"))
  }

  @Test func `a command may end with a code and no fault`() async {
    let (exit, console) = await run("flags")
    #expect(exit == .openFlags)
    #expect(console.errors.text.isEmpty)
  }

  @Test func `a command that is done ends with 0 and its result is on stdout`() async {
    let (exit, console) = await run("find", "phone")
    #expect(exit == .done)
    #expect(console.output.text == "found phone\n")
  }
}
