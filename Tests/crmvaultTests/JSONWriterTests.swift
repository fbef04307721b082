import Foundation
import Sodium
import Testing

@testable import crmvault

@Suite struct JSONWriterTests {
  private func document(_ body: (inout JSONWriter) throws -> Void) throws -> String {
    let console = Console.inMemory()
    var writer = JSONWriter(to: console.output)
    try body(&writer)
    try writer.finish()
    return console.output.text
  }

  @Test func `objects, arrays and every kind of value are written without spaces`() throws {
    let text = try document { json in
      try json.object { json in
        try json.field("id", "C-1")
        try json.field("count", 12)
        try json.field("score", 338.3333333333333)
        try json.field("ok", true)
        try json.field("first", nil as String?)
        try json.field("money", money: -105 as Int64, decimals: 2)
        try json.array("list") { json in
          try json.value(Int64.min)
          try json.null()
          json.object { _ in }
          json.array { _ in }
        }
        try json.field("roles", ["a", "b"])
      }
    }
    #expect(
      text
        == #"{"id":"C-1","count":12,"score":338.3333333333333,"ok":true,"first":null,"money":"-1.05","#
        + #""list":[-9223372036854775808,null,{},[]],"roles":["a","b"]}"# + "\n")
  }

  @Test(arguments: [
    "plain", "\"quoted\" \\ back", "line\nfeed\ttab\r", "\u{1B}[31m", "李伟 👩‍👩‍👧", "\u{2028}\u{202E}x",
    "\0\u{7F}\u{9B}", "",
  ])
  func `a text reads back as it was`(text: String) throws {
    let written = try document { json in
      try json.array { json in
        try json.value(Array(text.utf8).span)
        try json.value(WipedBytes.of(text))
      }
    }
    let read = try JSONSerialization.jsonObject(with: Data(written.utf8)) as? [String]
    #expect(read == [text, text])
    #expect(
      !written.dropLast().unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
  }

  @Test(arguments: [
    0.1, 5, 1e300, -0.0, .leastNonzeroMagnitude, 123456789.123, 1e16, .greatestFiniteMagnitude,
  ])
  func `a number reads back as the same number`(number: Double) throws {
    let written = try document { json in try json.array { try $0.value(number) } }
    let read = try JSONDecoder().decode([Double].self, from: Data(written.utf8))
    #expect(read == [number])
  }

  @Test func `what is no number is a bug and not a document`() {
    for number in [Double.nan, .infinity] {
      #expect(failure { _ = try document { try $0.value(number) } }?.exit == .bug)
    }
  }

  @Test func `text that is not UTF-8 is refused`() {
    let bytes: [UInt8] = [0x61, 0xFF]
    #expect(failure { _ = try document { try $0.value(bytes.span) } }?.exit == .bug)
  }

  @Test func `a command that fails early has written nothing`() throws {
    let console = Console.inMemory()
    var writer = JSONWriter(to: console.output)
    try writer.array { try $0.value(1) }
    #expect(console.output.text.isEmpty)
    try writer.finish()
    #expect(console.output.text == "[1]\n")
  }

  @Test func `a long array goes out in pieces`() throws {
    let console = Console.inMemory()
    var writer = JSONWriter(to: console.output)
    try writer.array { json in
      for number in 0..<30_000 { try json.value(number) }
    }
    #expect(console.output.text.utf8.count >= 65_536)
    try writer.finish()
    let read = try JSONDecoder().decode([Int].self, from: Data(console.output.text.utf8))
    #expect(read == Array(0..<30_000))
  }

  @Test func `JSON Lines are documents on lines of their own`() throws {
    let text = try document { json in
      try json.object { try $0.field("a", 1) }
      try json.endLine()
      try json.object { try $0.field("a", 2) }
    }
    #expect(text == "{\"a\":1}\n{\"a\":2}\n")
  }
}
