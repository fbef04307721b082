import Sodium
import Testing
import Vault

@testable import crmvault

@Suite struct FieldObjectTests {
  private func parse(_ text: String) throws -> [String: String] {
    let object = try FieldObject.parse(WipedBytes.of(text))
    var fields: [String: String] = [:]
    for name in object.fields.names {
      fields[name.text] = object.fields.withValue(of: name) { span in
        String(decoding: span.indices.map { span[$0] }, as: UTF8.self)
      }
    }
    for name in object.nulls { fields[name.text] = "NULL" }
    return fields
  }

  @Test func `an object of strings and nulls is read`() throws {
    #expect(try parse("{}") == [:])
    #expect(try parse(" {\r\n \"name\" : \"Li\" ,\t\"note\":null}\n") == ["name": "Li", "note": "NULL"])
    #expect(
      try parse(#"{"name":"\"\\\/\b\f\n\r\t\u738b\uD83D\uDE00é","account.A-1":"x"}"#)
        == ["name": "\"\\/\u{8}\u{c}\n\r\t王😀é", "account.A-1": "x"])
  }

  @Test(arguments: [
    "", "[]", "null", "{", "{}}", "{} {}", "{,}", #"{"name"}"#, #"{"name":}"#, #"{"name":"x",}"#,
    #"{"name":"x" "note":"y"}"#, #"{'name':'x'}"#, #"{"name":"x}"#, #"{"name":"\x"}"#, #"{"name":"\u12g4"}"#,
    #"{"name":"\ud83d"}"#, #"{"name":"\ude00\ud83d"}"#, #"{"name":"\ud83dx"}"#, #"{"name":nul}"#,
    #"{"name":nulls}"#, "{\"name\":\"a\nb\"}", "\u{feff}{}", #"{"name":12}"#, #"{"name":true}"#,
    #"{"name":["x"]}"#, #"{"name":{"x":"y"}}"#, #"{"name":""}"#, #"{"name":"x","name":"y"}"#,
    #"{"name":"x","name":null}"#, #"{"Name":"x"}"#, #"{"13800138000":"x"}"#, #"{"account":"x"}"#,
    #"{"account.":"x"}"#,
  ])
  func `anything else is bad input, and no value is repeated`(text: String) throws {
    let found = failure { _ = try parse(text) }
    #expect(found?.exit == .badInput)
    #expect(found?.message.contains("138001") == false)
  }

  @Test func `the error names the field`() throws {
    #expect(failure { _ = try parse(#"{"phone":13800138000}"#) }?.message.hasPrefix("phone: ") == true)
    #expect(failure { _ = try parse(#"{"note":"a","note":"b"}"#) }?.message.hasPrefix("note: ") == true)
  }

  @Test func `bytes that are not UTF-8 are refused, and every truncation is`() throws {
    var bytes = WipedBytes.of(#"{"name":""#)
    for byte: UInt8 in [0xC3, 0x28] { bytes.append(byte) }
    bytes.append(copying: "\"}".utf8)
    let found = failure { _ = try FieldObject.parse(bytes) }
    #expect(found?.exit == .badInput)
    let whole = Array(#"{"name":"\u738b","note":null,"city":"a\\b"}"#.utf8)
    for count in 0..<whole.count {
      let part = String(decoding: whole[..<count], as: UTF8.self)
      #expect(failure { _ = try parse(part) }?.exit == .badInput)
    }
  }
}
