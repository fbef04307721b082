import Testing

@testable import AuditLog

@Suite("Canonical JSON")
struct CanonicalJSONTests {
  private func parse(_ text: String) throws -> JSONValue { try CanonicalJSON.parse(Array(text.utf8)) }
  private func canonical(_ text: String) throws -> String {
    String(decoding: try CanonicalJSON.encode(try parse(text)), as: UTF8.self)
  }

  @Test("keys are sorted by UTF-16 code units, as in RFC 8785 section 3.2.3")
  func sorting() throws {
    let text = #"{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}"#
    let object = try #require(try parse(text).object)
    #expect(object.members.compactMap(\.value.integer) == [2, 4, 6, 7, 1, 5, 3])
  }

  @Test("only what must be escaped is escaped")
  func escaping() throws {
    #expect(
      try canonical(
        #" { "b" : "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/" , "a" : [ true , null , -1 ] } "#)
        == #"{"a":[true,null,-1],"b":"€$\u000f\nA'B\"\\\\\"/"}"#)
    #expect(try canonical(#""\b\t\n\f\r\u001f\u007f""#) == "\"\\b\\t\\n\\f\\r\\u001f\u{7F}\"")
  }

  @Test("two spellings of one character stay two keys")
  func canonicalEquivalence() throws {
    let object = try #require(try parse("{\"\u{e9}\":1,\"e\u{301}\":2}").object)
    #expect(object.members.count == 2)
    #expect(try parse("\"\u{e9}\"") != parse("\"e\u{301}\""))
  }

  @Test(
    "what is not JSON is refused",
    arguments: [
      "", " ", "{", "}", "[1,]", "[1 2]", #"{"a":1,}"#, #"{"a" 1}"#, #"{a:1}"#, #"{"a":1}x"#, "tru", "nul",
      "+1",
      "01", "-", "-0", "--1", #""\x""#, #""\u12g4""#, #""\ud800""#, #""\ud800\u0041""#, #""\udc00""#,
      "\"a\u{01}\"",
      "\"", #""\"#, #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, "'a'", "[", #"["a"#, "\u{FEFF}1",
    ])
  func malformed(text: String) {
    #expect(throws: LogError(.malformed, "")) { try parse(text) }
  }

  @Test("fractions, exponents and numbers that doubles cannot hold are refused")
  func numbers() throws {
    #expect(try parse("9007199254740991") == .integer(9_007_199_254_740_991))
    #expect(try parse("-9007199254740991") == .integer(-9_007_199_254_740_991))
    for text in ["9007199254740992", "1.5", "1e3", "1E3", "99999999999999999999999"] {
      #expect(throws: LogError(.outOfBounds, ""), "\(text)") { try parse(text) }
    }
    #expect(throws: LogError(.outOfBounds, "")) { try CanonicalJSON.encode(.integer(1 << 53)) }
    #expect(throws: LogError(.outOfBounds, "")) { try CanonicalJSON.encode(.integer(.min)) }
  }

  @Test("deep nesting is refused and not followed")
  func depth() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: LogError(.outOfBounds, "")) { try parse(deep) }
    let limit = String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
    #expect(try canonical(limit) == limit)
  }

  @Test("invalid UTF-8 is refused, in plain and in escaped strings")
  func invalidUTF8() {
    for bytes: [UInt8] in [
      [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0x5C, 0x6E, 0xFF, 0x22],
    ] {
      #expect(throws: LogError(.malformed, "")) { try CanonicalJSON.parse(bytes) }
    }
  }

  @Test("the canonical form is the only one that counts as canonical")
  func isCanonical() {
    #expect(CanonicalJSON.isCanonical(Array(#"{"a":[1,"b"],"c":{}}"#.utf8)))
    for text in [#"{"a": 1}"#, #"{"b":1,"a":2}"#, #""\u0041""#, "1 ", #""\/""#] {
      #expect(!CanonicalJSON.isCanonical(Array(text.utf8)), "\(text)")
    }
  }

  @Test("members are set, replaced and removed by key")
  func members() throws {
    var object: JSONObject = ["b": 1, "a": 2, "b": 3]
    #expect(object.members.map(\.key) == ["a", "b"])
    #expect(object["b"] == 3)
    object["a"] = nil
    object["c"] = true
    #expect(try CanonicalJSON.encode(.object(object)) == Array(#"{"b":3,"c":true}"#.utf8))
  }
}
