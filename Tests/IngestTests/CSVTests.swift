import Ingest
import Testing

@Suite("CSV") struct CSVTests {
  private let customers = try? Mapping.builtIn(named: "customers")

  @Test("columns come in any order, and lines are counted through quoted line breaks") func quoting() throws {
    let reading = try read(
      "note,name,account\r\n\"two\nlines, and \"\"quotes\"\"\",Ann,A1\r\n,\"Bo, B\",A2\n\n\n\"\",Cy,\"A3\"")
    #expect(reading.rejected == [])
    #expect(reading.rows.map(\.line) == [2, 4, 7])
    #expect(reading.rows.map(\.account) == ["A1", "A2", "A3"])
    #expect(reading.rows[0].customer == ["name": "Ann", "note": "two\nlines, and \"quotes\""])
    #expect(reading.rows[1].customer == ["name": "Bo, B"])
    #expect(reading.rows[2].customer == ["name": "Cy"])
  }

  @Test("a byte order mark of UTF-8 is passed over") func byteOrderMark() throws {
    let reading = try read([0xEF, 0xBB, 0xBF] + Array("account,name\nA1,王伟\n".utf8))
    #expect(reading.rows.first?.customer == ["name": "王伟"])
  }

  @Test(
    "UTF-16 is refused by name",
    arguments: [[0xFF, 0xFE, 0x61, 0x00], [0xFE, 0xFF, 0x00, 0x61]] as [[UInt8]])
  func utf16(_ bytes: [UInt8]) {
    #expect(failure(bytes)?.code == .encoding)
  }

  @Test("a header alone is no row, an empty file is an error") func empty() throws {
    #expect(try read("account,name\n").rows.isEmpty)
    #expect(try read("account,name").rows.isEmpty)
    #expect(failure("")?.code == .emptyFile)
    #expect(failure("\n\n")?.code == .emptyFile)
    #expect(failure([0xEF, 0xBB, 0xBF])?.code == .emptyFile)
  }

  @Test(
    "broken quoting refuses the file even when rows may be skipped, and says where",
    arguments: [
      ("account,name\nA1,Ann\nA2,\"Bo\nA3,Cy\n", 3), ("account,name\nA1,An\"n\n", 2),
      ("account,name\nA1,\"An\"n\n", 2), ("account,name\nA1,Ann\rA2,Bo\n", 2), ("account,name\nA1,Ann\r", 2),
    ])
  func brokenQuoting(_ text: String, line: Int) {
    let error = failure(text)
    #expect(error?.code == .malformed)
    #expect(error?.line == line)
    #expect(error.map { !"\($0)".contains("An") } == true)
  }

  @Test("rows are refused by line and field, and the rest is read") func rejections() throws {
    var bytes = Array("account,name,email\nA1,Ann\nA2,Ann,x@y.z,1\n,Ann,\nA4,An\u{0}n,\nA5,An\tn,\n".utf8)
    bytes += Array("A6,".utf8) + [0x41, 0xC3, 0x28] + Array(",\nA7,,nobody\nA8 ,Ann,\nA9,Ann,\n".utf8)
    bytes +=
      Array("A10,\(String(repeating: "x", count: 201)),\nA11,".utf8) + [0xC2, 0x85] + Array(",\n".utf8)
    let reading = try read(bytes)
    #expect(
      reading.rejected == [
        "2 - wrong_column_count", "3 - wrong_column_count", "4 account missing_value",
        "5 name control_character",
        "6 name control_character", "7 name invalid_utf8", "8 email invalid_email",
        "9 account surrounding_space",
        "11 name too_long", "12 name control_character",
      ])
    #expect(reading.rows.map(\.account) == ["A9"])
  }

  @Test(
    "invalid UTF-8 is refused in every column, also in those that are left out",
    arguments: [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF], [0xE7, 0x8E]] as [[UInt8]]
  )
  func invalidUTF8(_ bytes: [UInt8]) throws {
    let reading = try read(Array("account,name,other\nA1,Ann,".utf8) + bytes + [0x0A])
    #expect(reading.rejected == ["2 other invalid_utf8"])
  }

  @Test("the first refused row ends the reading where rows may not be skipped") func stop() {
    let error = failure("account,name\nA1,Ann\n,Secret\n", onError: .stop)
    #expect(error?.code == .rowRejected)
    #expect(error?.line == 3)
    #expect(error?.field == "account")
    #expect(error.map { "\($0)".contains("Secret") } == false)
  }

  @Test("a note may hold line breaks and tabs, and no other control characters") func notes() throws {
    let reading = try read("account,note\nA1,\"a\tb\r\nc\nd\"\nA2,\"a\rb\"\nA3,\"a\u{7}b\"\n")
    #expect(reading.rows.map(\.customer) == [["note": "a\tb\r\nc\nd"]])
    #expect(reading.rejected == ["5 note control_character", "6 note control_character"])
  }

  @Test("a record over 1 MiB is refused, and only a little of the file is read") func longRecord() {
    let long = [UInt8](repeating: UInt8(ascii: "x"), count: 10 << 20)
    #expect(failure(Array("account,name\nA1,".utf8) + long)?.code == .tooLarge)
    #expect(failure(Array("account,name\nA1,\"".utf8) + long)?.code == .tooLarge)
    #expect(failure(long)?.code == .tooLarge)
  }

  @Test("a field over 64 KiB is refused, and the next row is read") func longField() throws {
    let long = String(repeating: "x", count: 65_537)
    let reading = try read("account,name,other\nA1,Ann,\(long)\nA2,Bo,\(long.dropLast())\n")
    #expect(reading.rejected == ["2 other too_long"])
    #expect(reading.rows.map(\.account) == ["A2"])
  }

  @Test("a header has each column once and at most 256") func headers() {
    let twice = failure("account,name,name\n", customers)
    #expect(twice?.code == .header)
    #expect(twice?.field == "name")
    #expect(failure("account,Secret,Secret\n").map { "\($0)".contains("Secret") } == false)
    let many = "account," + (0..<256).map { "c\($0)" }.joined(separator: ",")
    #expect(failure(many)?.code == .header)
    #expect(failure("account,na\u{0}me\n")?.code == .header)
    #expect(failure(Array("account,".utf8) + [0xFF, 0x0A])?.code == .header)
  }

  @Test("the hook sees every byte of the file, in order") func hook() throws {
    let text = "account,name\n" + (0..<60_000).map { "A\($0),Name \($0)\n" }.joined()
    let file = SampleFile(text)
    var seen: [UInt8] = []
    var options = try options()
    options.onBlock = { block in for index in block.indices { seen.append(block[index]) } }
    var reader = try RowReader.open(descriptor: file.descriptor, file: "sample", options: options)
    var rows = 0
    try reader.forEachRow { row in
      #expect(row.line == rows + 2)
      rows += 1
    }
    #expect(rows == 60_000)
    #expect(seen == Array(text.utf8))
    #expect(reader.progress.bytesRead == Int64(text.utf8.count))
    #expect(reader.progress.totalBytes == Int64(text.utf8.count))
    #expect(reader.progress.rows == 60_000)
  }

  @Test("rows that lie across blocks are read as they are") func acrossBlocks() throws {
    for padding in 262_138..<262_150 {
      let note = String(repeating: "n", count: 3000)
      var text = "account,note\n"
      var index = 0
      while text.utf8.count + 3100 < padding {
        text += "A\(index),\(note)\n"
        index += 1
      }
      text += "P,\(String(repeating: "p", count: padding - text.utf8.count - 3))\n"
      text += "Q,\"q\"\"q\r\nq\"\r\nR,r\r\n"
      let reading = try read(text)
      #expect(reading.rows.last?.customer == ["note": "r"])
      #expect(reading.rows.dropLast().last?.customer == ["note": "q\"q\r\nq"])
    }
  }
}
