import Foundation
import Sodium
import Testing

@testable import crmvault

@Suite struct PromptTests {
  @Test func `a destructive command needs --yes where nobody can be asked`() {
    let found = failure { try Console.inMemory().confirm("erase C-1", yes: false) }
    #expect(found?.exit == .usage)
    #expect(found?.hint?.contains("--yes") == true)
    #expect(throws: Never.self) { try Console.inMemory().confirm("erase C-1", yes: true) }
  }

  @Test(arguments: ["y", "YES", " yes "])
  func `a person confirms with yes`(answer: String) throws {
    let console = Console.inMemory(answers: ["what", answer])
    try console.confirm("erase C-1\u{1B}", yes: false)
    #expect(console.shown.contains("erase C-1<U+001B>? [y/N] "))
    #expect(console.output.text.isEmpty && console.errors.text.isEmpty)
  }

  @Test(arguments: ["", "n", "no"])
  func `everything else is a no`(answer: String) {
    let found = failure { try Console.inMemory(answers: [answer]).confirm("erase", yes: false) }
    #expect(found?.code == "declined")
  }

  @Test func `a form asks for each field and makes a JSON object`() throws {
    let form = [
      FormField("name", isRequired: true), FormField("phone", label: "Phone"),
      FormField("points", kind: .number), FormField("note"),
    ]
    let console = Console.inMemory(
      isTerminal: true, answers: ["", "李 \"伟\"", "", "many", "12", "a\\b"])
    let object = try console.personalObject(from: nil, form: form)
    #expect(object.text == #"{"name":"李 \"伟\"","points":12,"note":"a\\b"}"#)
    #expect(console.shown.contains("name (needed): name (needed): Phone: points: Please give a number.\n"))
  }

  @Test func `without a terminal a form is a usage error that says --from`() {
    let found = failure { _ = try Console.inMemory(input: "{}").personalObject(from: nil, form: []) }
    #expect(found?.exit == .usage)
    #expect(found?.hint?.contains("--from -") == true)
  }

  @Test func `--from - reads stdin and --from FILE a file`() throws {
    #expect(try Console.inMemory(input: "{}").personalObject(from: "-", form: []).text == "{}")
    let folder = try Scratch()
    let path = try folder.file("in.json", "{\"a\":1}")
    #expect(try Console.inMemory().personalObject(from: path, form: []).text == "{\"a\":1}")
  }

  @Test func `input that is too long is refused`() throws {
    let folder = try Scratch()
    let path = try folder.file("in.json", String(repeating: "x", count: 101))
    for (source, input) in [("-", String(repeating: "x", count: 101)), (path, "")] {
      let found = failure {
        _ = try Console.inMemory(input: input).personalObject(from: source, form: [], limit: 100)
      }
      #expect(found?.exit == .badInput)
    }
    let longest = String(repeating: "x", count: 100)
    #expect(try Console.inMemory(input: longest).personalInput(from: "-", limit: 100).count == 100)
  }

  @Test func `a file that is not there ends with 66`() {
    let found = failure { _ = try Console.inMemory().personalInput(from: "/nowhere/x", limit: 9) }
    #expect(found?.exit == .missing)
  }

  @Test func `one value comes from a pipe without its end of line, or from a person`() throws {
    #expect(try Console.inMemory(input: "138\r\n").personalValue("phone", from: nil).text == "138")
    #expect(
      try Console.inMemory(isTerminal: true, answers: ["139"]).personalValue("phone", from: nil).text == "139"
    )
    let found = failure { _ = try Console.inMemory(isTerminal: true).personalValue("phone", from: nil) }
    #expect(found?.code == "no_terminal")
  }

  @Test(arguments: [
    ("12", true), ("-0.5", true), ("0", true), ("01", false), ("1.", false), (".5", false), ("1e5", false),
    ("", false), ("-", false),
  ])
  func `numbers of a form are those of JSON`(text: String, isNumber: Bool) {
    #expect(FormField.isNumber(Array(text.utf8).span) == isNumber)
  }
}
