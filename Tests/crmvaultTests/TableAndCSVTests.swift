import Sodium
import Testing

@testable import crmvault

@Suite struct TableAndCSVTests {
  private func table(isTerminal: Bool, environment: [String: String] = [:]) throws -> String {
    let console = Console.inMemory(isTerminal: isTerminal, environment: environment)
    var table = TableWriter(["NAME", .trailing("N"), "STATE"], to: console.output)
    try table.cell("李伟")
    table.cell(7)
    try table.cell("live")
    try table.endRow()
    try table.cell(WipedBytes.of("a\tb\u{202E}"))
    table.cell(1234)
    try table.endRow()
    try table.finish()
    return console.output.text
  }

  @Test func `in a pipe rows are separated by tabs and have no header`() throws {
    #expect(try table(isTerminal: false) == "李伟\t7\tlive\na<U+0009>b<U+202E>\t1234\t\n")
  }

  @Test func `on a terminal columns are aligned by width and numbers end in line`() throws {
    #expect(
      try table(isTerminal: true, environment: ["NO_COLOR": "1"])
        == "NAME                   N  STATE\n"
        + "李伟                   7  live\n"
        + "a<U+0009>b<U+202E>  1234  \n")
  }

  @Test func `headers are bold unless colour is not wanted`() throws {
    #expect(try table(isTerminal: true).contains("\u{1B}[1m"))
    #expect(try !table(isTerminal: true, environment: ["TERM": "dumb"]).contains("\u{1B}"))
  }

  @Test func `a table without rows is nothing`() throws {
    let console = Console.inMemory(isTerminal: true)
    var table = TableWriter(["A"], to: console.output)
    try table.finish()
    #expect(console.output.text.isEmpty)
  }

  @Test func `a long table is written before its end`() throws {
    let console = Console.inMemory(isTerminal: true, environment: ["NO_COLOR": "1"])
    var table = TableWriter(["A", "B"], to: console.output)
    for number in 0..<20_000 {
      table.cell(number)
      try table.cell("x")
      try table.endRow()
    }
    #expect(console.output.text.utf8.count > 65_536)
    try table.finish()
    #expect(console.output.text.split(separator: "\n").count == 20_001)
  }

  @Test func `numbers are rounded on a terminal only`() throws {
    for (isTerminal, expected) in [(true, "338.33"), (false, "338.3333333333333")] {
      let console = Console.inMemory(isTerminal: isTerminal)
      var table = TableWriter(["A"], to: console.output)
      try table.cell(338.3333333333333, decimals: 2)
      try table.endRow()
      try table.finish()
      #expect(console.output.text.contains(expected + "\n"))
    }
    #expect(Rounding.text(-0.005, decimals: 2) == "-0.01")
    #expect(Rounding.text(-0.001, decimals: 2) == "0.00")
    #expect(Rounding.text(1e300, decimals: 2) == "1e+300")
    #expect(Rounding.text(2.5, decimals: 0) == "3")
  }

  private func csv(_ cells: String...) throws -> String {
    let console = Console.inMemory()
    var csv = CSVWriter(to: console.output)
    for cell in cells { try csv.cell(cell) }
    try csv.endRow()
    try csv.finish()
    return console.output.text
  }

  @Test func `CSV quotes what needs it and ends rows with CRLF`() throws {
    #expect(try csv("a", "b,c", "d\"e", "f\ng", " h", "") == "a,\"b,c\",\"d\"\"e\",\"f\ng\",\" h\",\r\n")
  }

  @Test(arguments: ["=1+1", "+86138", "-1+1", "@SUM(A1)", "\t=1", "-", "＝1", "＋1", "－1", "＠x", "-.", "-1e5"])
  func `a cell that a spreadsheet would run is neutralized`(text: String) throws {
    #expect(try csv(text) == "'\(text)\r\n")
  }

  @Test(arguments: ["-1", "-12.50", "a=b", "1-2", "ＡＢ"])
  func `a cell that is none stays as it is`(text: String) throws {
    #expect(try csv(text) == "\(text)\r\n")
  }

  @Test func `a neutralized cell is quoted where it must be`() throws {
    #expect(try csv("=a,b", "\r=1") == "\"'=a,b\",\"'\r=1\"\r\n")
  }

  @Test func `numbers are written as such`() throws {
    let console = Console.inMemory()
    var csv = CSVWriter(to: console.output)
    try csv.header(["a", "b", "c", "d"])
    try csv.cell(-5)
    try csv.cell(-0.25)
    try csv.cell(money: -5, decimals: 2)
    try csv.cell(nil as Int?)
    try csv.endRow()
    try csv.finish()
    #expect(console.output.text == "a,b,c,d\r\n-5,-0.25,-0.05,\r\n")
  }

  @Test func `money has the decimals of its currency`() {
    #expect(Digits.money(12345, decimals: 2) == "123.45")
    #expect(Digits.money(5, decimals: 2) == "0.05")
    #expect(Digits.money(-5, decimals: 3) == "-0.005")
    #expect(Digits.money(0, decimals: 2) == "0.00")
    #expect(Digits.money(12345, decimals: 0) == "12345")
    #expect(Digits.money(Int64.min, decimals: 2) == "-92233720368547758.08")
    #expect(Digits.money(Int128.max, decimals: 0) == String(Int128.max))
  }

  @Test func `what acts on a terminal or deceives its reader is made visible`() {
    #expect(VisibleText.visible("a\u{1B}[2Jb") == "a<U+001B>[2Jb")
    #expect(
      VisibleText.visible("\u{202E}x\u{2066}\u{200B}\u{9B}\u{E0041}")
        == "<U+202E>x<U+2066><U+200B><U+009B><U+E0041>")
    #expect(VisibleText.visible("李伟 é é 👩‍👩‍👧 می‌خواهم") == "李伟 é é 👩‍👩‍👧 می‌خواهم")
  }

  @Test func `East Asian characters take two columns and combining marks none`() {
    #expect(ColumnWidth.columns(of: "李伟") == 4)
    #expect(ColumnWidth.columns(of: "e\u{301}") == 1)
    #expect(ColumnWidth.columns(of: "ｱ한Ａ😀") == 7)
  }
}
