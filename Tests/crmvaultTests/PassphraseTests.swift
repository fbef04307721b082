import Glibc
import Sodium
import Testing

@testable import crmvault

@Suite struct PassphraseTests {
  private func get(_ source: PassphraseSource, _ console: Console = .inMemory()) throws -> String {
    try source.passphrase(for: "anna", on: console).text
  }

  private func choose(
    file: String? = nil, descriptor: Int32? = nil, command: String? = nil,
    _ environment: [String: String] = [:]
  ) throws -> PassphraseSource {
    try .choose(file: file, descriptor: descriptor, command: command, environment: Environment(environment))
  }

  @Test func `options win over the environment, and without both a person is asked`() throws {
    let environment = ["CRMVAULT_PASSPHRASE_FILE": "/f"]
    #expect(try choose(command: "c", environment) == .command("c"))
    #expect(try choose(environment) == .file("/f"))
    #expect(try choose(["CRMVAULT_PASSPHRASE_COMMAND": "c"]) == .command("c"))
    #expect(try choose(["CRMVAULT_PASSPHRASE": "secret"]) == .terminal)
    #expect(failure { _ = try choose(file: "f", descriptor: 3) }?.exit == .usage)
    let both = ["CRMVAULT_PASSPHRASE_FILE": "/f", "CRMVAULT_PASSPHRASE_COMMAND": "c"]
    #expect(failure { _ = try choose(both) }?.exit == .configuration)
  }

  @Test(arguments: [
    ("secret", "secret"), ("secret\n", "secret"), ("secret\r\n", "secret"), (" a b \n", " a b "),
  ])
  func `a file holds the passphrase, with or without an end of line`(text: String, expected: String) throws {
    let folder = try Scratch()
    #expect(try get(.file(folder.file("p", text))) == expected)
  }

  @Test(arguments: [0o640, 0o604, 0o620, 0o601, 0o660])
  func `a file that others have access to is refused`(mode: Int) throws {
    let folder = try Scratch()
    let path = try folder.file("p", "secret", mode: mode)
    let found = failure { _ = try get(.file(path)) }
    #expect(found?.exit == .configuration)
    #expect(found?.hint?.contains("chmod 600") == true)
  }

  @Test(arguments: ["", "\n", "a\n\n", "a\nb", "a\0b", String(repeating: "x", count: 1025)])
  func `what is no passphrase is refused and not shown`(text: String) throws {
    let folder = try Scratch()
    let found = failure { _ = try get(.file(folder.file("p", text))) }
    #expect(found?.exit == .configuration)
    #expect(found?.message.contains("xxx") == false)
  }

  @Test func `the longest passphrase has 1024 bytes`() throws {
    let folder = try Scratch()
    #expect(try get(.file(folder.file("p", String(repeating: "x", count: 1024) + "\r\n"))).count == 1024)
  }

  @Test func `a folder is no passphrase file, and a missing one ends with 66`() throws {
    let folder = try Scratch()
    let changed = unsafe chmod(folder.path, 0o700)
    #expect(changed == 0)
    #expect(failure { _ = try get(.file(folder.path)) }?.exit == .configuration)
    #expect(failure { _ = try get(.file(folder.path + "/x")) }?.exit == .missing)
  }

  @Test func `a file descriptor gives one line for each passphrase and keeps the rest`() throws {
    let folder = try Scratch()
    let file = try Descriptor.open(folder.file("p", "one\ntwo\nrest"), O_RDONLY, doing: "")
    #expect(try get(.descriptor(file.number)) == "one")
    #expect(try get(.descriptor(file.number)) == "two")
    #expect(try Console.inMemory().personalInput(from: "/dev/fd/\(file.number)", limit: 99).count > 0)
    #expect(try get(.descriptor(file.number)) == "rest")
    #expect(failure { _ = try get(.descriptor(file.number)) }?.exit == .configuration)
    #expect(failure { _ = try get(.descriptor(999)) }?.exit == .inputOutput)
  }

  @Test func `a command prints the passphrase`() throws {
    #expect(try get(.command("echo secret; echo note >&2")) == "secret")
    #expect(try get(.command("printf %s \"$0\"")) == "sh")
    #expect(try get(.command("cat; echo stdin-is-empty")) == "stdin-is-empty")
  }

  @Test(arguments: ["echo secret; exit 3", "echo secret; kill -9 $$", "exit 127", "true", "yes"])
  func `a command that fails gives no passphrase`(command: String) {
    let found = failure { _ = try get(.command(command)) }
    #expect(found?.exit == .configuration)
    #expect(found?.message.contains("secret") == false)
  }

  @Test func `a command does not inherit that SIGPIPE is ignored`() {
    let previous = signal(SIGPIPE, SIG_IGN)
    defer { signal(SIGPIPE, previous) }
    #expect(failure { _ = try get(.command("kill -PIPE $$; echo alive and well")) } != nil)
  }

  @Test func `a person is asked without echo`() throws {
    let console = Console.inMemory(answers: ["secret"])
    #expect(try get(.terminal, console) == "secret")
    #expect(console.shown == "Passphrase for anna: ")
    #expect((console.terminal as? ScriptedTerminal)?.hiddenQuestions == 1)
    #expect(console.output.text.isEmpty && console.errors.text.isEmpty)
  }

  @Test func `where nobody can be asked the options are named`() {
    let found = failure { _ = try get(.terminal) }
    #expect(found?.exit == .usage)
    #expect(found?.hint?.contains("--passphrase-file") == true)
  }

  @Test func `a new passphrase is typed twice and has 8 bytes`() throws {
    let console = Console.inMemory(answers: [
      "short", "long enough", "long enuf", "long enough", "long enough",
    ])
    #expect(try PassphraseSource.terminal.newPassphrase(for: "anna", on: console).text == "long enough")
    #expect(console.shown.contains("At least 8 bytes"))
    #expect(console.shown.contains("The two differ."))
    let failing = Console.inMemory(answers: ["a", "b", "c", "d"])
    #expect(
      failure { _ = try PassphraseSource.terminal.newPassphrase(for: "anna", on: failing) }?.exit == .usage)
  }

  @Test func `a new passphrase from elsewhere has 8 bytes as well`() throws {
    let console = Console.inMemory()
    #expect(try PassphraseSource.command("echo 12345678").newPassphrase(for: "a", on: console).count == 8)
    let found = failure {
      _ = try PassphraseSource.command("echo 1234567").newPassphrase(for: "a", on: console)
    }
    #expect(found?.code == "passphrase_too_short")
  }
}
