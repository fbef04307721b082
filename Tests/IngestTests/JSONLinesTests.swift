import Ingest
import Testing

@Suite("JSON Lines") struct JSONLinesTests {
  @Test("objects give the same rows as CSV; null and absent names are absent") func objects() throws {
    let reading = try read(
      """
      {"account":"A1","time":"2024-01-01","amount":"12.50","currency":null,"clerk":"x"}
      { "amount" : -3 , "time" : "2024-01-02T00:00:00Z", "account" : 17, "order_id":"" }

      {"account":"A2","time":"2024-01-01","amount":0.05,"till":true}
      """)
    #expect(reading.mapping == "transactions")
    #expect(reading.rejected == [])
    #expect(reading.rows.map(\.line) == [1, 2, 4])
    #expect(reading.rows.map(\.account) == ["A1", "17", "A2"])
    #expect(reading.rows.map { $0.event["amount"] } == ["1250", "-300", "5"])
    #expect(reading.extraColumns == ["clerk", "till"])
  }

  @Test("escapes are undone, also in names") func escapes() throws {
    let reading = try read(#"{"acc\u006funt":"A\u00e9\ud83d\ude00\/\\\"","note":"a\nb\tc","name":"\u738b"}"#)
    #expect(reading.rejected == [])
    #expect(reading.rows.first?.account == "Aé😀/\\\"")
    #expect(reading.rows.first?.customer == ["note": "a\nb\tc", "name": "王"])
  }

  @Test(
    "an object that is not flat and strict is refused, and the next line is read",
    arguments: [
      (#"{"account":"A","account":"B","name":"x"}"#, "account duplicate_name"),
      (#"{"account":"A","zip":1,"zip":2,"name":"x"}"#, "zip duplicate_name"),
      (#"{"account":"A","name":{"first":"x"}}"#, "name nested_value"),
      (#"{"account":"A","other":[1]}"#, "other nested_value"),
      (#"{"account":"A","a\u0007b":1}"#, "- control_character"),
      (#"{"account":"A","name":true}"#, "name wrong_type"),
      (#"{"account":"A","name":"\ud800"}"#, "name invalid_utf8"),
      (#"{"account":"A","name":"\udc00\ud800"}"#, "name invalid_utf8"),
      (#"{"account":"A","name":"\ud800\u0041"}"#, "name invalid_utf8"),
      (#"{"account":"A","name":"\u0000"}"#, "name control_character"),
      (#"{"account":"A","name":"\u0085"}"#, "name control_character"),
      (#"{"account":"A","name":"\x41"}"#, "- malformed_json"),
      (#"{"account":"A","name":"\u12g4"}"#, "- malformed_json"),
      (#"{"account":"A","name":"x"#, "- malformed_json"),
      (#"{"account":"A","name":"x"} x"#, "- malformed_json"),
      (#"{"account":"A","name":"x",}"#, "- malformed_json"),
      (#"{"account":"A" "name":"x"}"#, "- malformed_json"),
      (#"{"account":"A",name:"x"}"#, "- malformed_json"),
      (#"{"account":01}"#, "- malformed_json"), (#"{"account":1.}"#, "- malformed_json"),
      (#"{"account":+1}"#, "- malformed_json"), (#"{"account":-}"#, "- malformed_json"),
      (#"{"account":NaN}"#, "- malformed_json"), (#"{"account":nul}"#, "- malformed_json"),
      (#"["account"]"#, "- malformed_json"), (#""account""#, "- malformed_json"), ("{", "- malformed_json"),
      ("{\"account\":\"A\tB\"}", "account control_character"), ("{}", "account missing_value"),
    ])
  func refused(_ line: String, problem: String) throws {
    let reading = try read(
      "{\"account\":\"A0\",\"name\":\"x\"}\n\(line)\n{\"account\":\"A9\"}\n", .builtIn(named: "customers"))
    #expect(reading.rejected == ["2 \(problem)"])
    #expect(reading.rows.map(\.account) == ["A0", "A9"])
  }

  @Test("huge numbers are text until their field reads them") func hugeNumbers() throws {
    let digits = String(repeating: "9", count: 5000)
    let reading = try read(
      """
      {"account":"A","time":"2024-01-01","amount":1}
      {"account":"A","time":"2024-01-01","amount":\(digits)}
      {"account":"A","time":"2024-01-01","amount":1E400}
      {"account":"A","time":"2024-01-01","amount":99999999999999999999}
      """)
    #expect(reading.rejected == ["2 amount too_long", "3 amount invalid_number", "4 amount out_of_range"])
  }

  @Test("invalid UTF-8 is refused by name") func invalidUTF8() throws {
    let bytes =
      Array("{\"account\":\"A\",\"name\":\"x\"}\n{\"account\":\"A\",\"name\":\"".utf8) + [0xC3, 0x28]
    #expect(try read(bytes + Array("\"}\n".utf8)).rejected == ["2 name invalid_utf8"])
  }

  @Test("more than 256 names are refused") func manyNames() throws {
    let names = (0..<300).map { "\"n\($0)\":1" }.joined(separator: ",")
    let reading = try read("{\"account\":\"A\",\"name\":\"x\"}\n{\(names)}\n{\"account\":\"B\"}\n")
    #expect(reading.rejected == ["2 - too_many_columns"])
    #expect(reading.rows.map(\.account) == ["A", "B"])
  }

  @Test("a first line that is no object cannot tell the mapping") func firstLine() {
    #expect(failure("{\"account\":")?.code == .malformed)
    #expect(failure("{}")?.code == .mappingUnknown)
  }
}
