import Ingest
import Testing

@Suite("Mapping files") struct MappingFileTests {
  private func mapping(_ yaml: String) throws -> Mapping { try Mapping.parse(yaml: yaml, name: "m.yaml") }

  @Test("one row gives an identity and a transaction, in the file's own words") func orders() throws {
    let mapping = try mapping(
      """
      format: csv
      delimiter: ";"
      skip_lines: 2
      trim: yes
      decimal: comma
      date: dd/MM/yyyy
      account: id
      customer:
        name: [first, last]
        address: {columns: [street, town], separator: ", "}
        birth_date: {column: born, date: yyyyMMdd}
        custom: {shoe_size: size}
      transaction:
        time: day
        amount: sum
        currency: {constant: EUR}
        channel: {constant: shop}
      ignore: [remark]
      """)
    let reading = try read(
      """
      Export of 2024
      "a stray quote
      id;first;last;street;town;born;size;day;sum;remark;till
      17; Ann ;Lee;1 Road;Town;19900228;38;31/12/2023;1234,5;x;3
      18;;Bo;;Town;;;31/12/2023;-1;;
      19;;;;;19900230;;31/12/2023;1;;
      20;;;;;;;2023-12-31;1;;
      21;;;;;;;31/12/2023;1.5;;
      """, mapping)
    #expect(reading.rows.map(\.line) == [4, 5])
    #expect(
      reading.rows.map(\.customer) == [
        ["name": "Ann Lee", "address": "1 Road, Town", "birth_date": "1990-02-28", "shoe_size": "38"],
        ["name": "Bo", "address": "Town"],
      ])
    let first = ["time": "1703980800 date", "amount": "123450", "currency": "EUR", "channel": "shop"]
    #expect(reading.rows.first?.event == first)
    #expect(reading.rejected == ["6 born no_such_time", "7 day invalid_time", "8 sum invalid_number"])
    #expect(reading.extraColumns == ["till"])
  }

  @Test("a file without a header takes the columns from the mapping") func withoutHeader() throws {
    let mapping = try mapping(
      "header: no\ndelimiter: tab\nquote: none\ncolumns: [id, name]\naccount: id\ncustomer: {name: name}\n")
    let reading = try read("1\t\"Ann\"\n2\tBo \"B\" Lee\n", mapping)
    #expect(reading.rows.map(\.customer) == [["name": "\"Ann\""], ["name": "Bo \"B\" Lee"]])
    #expect(reading.rows.map(\.line) == [1, 2])
  }

  @Test("JSON Lines take the file's own names") func jsonLines() throws {
    let mapping = try mapping(
      "format: json-lines\naccount: id\nrating: {time: at, product_quality: stars}\nignore: [x]\n")
    let reading = try read(
      "{\"id\":1,\"at\":\"2024-01-01\",\"stars\":4.5,\"x\":1,\"y\":2}\n{\"id\":1}\n", mapping)
    #expect(reading.rows.map(\.event) == [["time": "1704067200 date", "product_quality": "4500"]])
    #expect(reading.rejected == ["2 at missing_value"])
    #expect(reading.extraColumns == ["y"])
  }

  static let fixed = """
    format: fixed-width
    columns:
      id: {start: 2, length: 4}
      day: {start: 7, length: 8}
      sum: {start: 16, length: 6}
    date: yyyyMMdd
    account: id
    transaction: {time: day, amount: sum}
    """

  @Test("a fixed-width line that ends early, or has text between columns, is refused") func fixedWidth()
    throws
  {
    let reading = try read(
      " 0001 20240101   1.50\r\n 0002 20240102 -12.00\n 0003 20240103   1.5\n 0004 20240104X  1.50\n"
        + " 0005 20240105   1.50 x\n\n 0006 20240106   1.50   \n 0007 20240107   1.50",
      try mapping(Self.fixed))
    #expect(reading.rows.map(\.account) == ["0001", "0002", "0006", "0007"])
    #expect(reading.rows.map { $0.event["amount"] } == ["150", "-1200", "150", "150"])
    #expect(reading.rejected == ["3 - short_line", "4 - text_outside_columns", "5 - text_outside_columns"])
  }

  @Test("control characters and bytes that are not UTF-8 are refused in fixed-width lines")
  func fixedWidthText() throws {
    var bytes = Array(" A\u{0}01 20240101   1.50\n A".utf8)
    bytes += [0xFF] + Array("01 20240101   1.50\n A\r01 20240101   1.50\n".utf8)
    let reading = try read(bytes, try mapping(Self.fixed))
    #expect(reading.rejected == ["1 id control_character", "2 id invalid_utf8", "3 id control_character"])
  }

  @Test(
    "a key or value that is not known is an error that names the key",
    arguments: [
      ("account: id\nfoo: 1\n", "foo"), ("customer: {name: n}\n", "account"),
      ("account: id\ncustomer: {nmae: n}\n", "nmae"), ("account: id\ncustomer: {time: n}\n", "time"),
      ("account: id\ntransaction: {time: t}\n", "transaction.amount"),
      ("account: id\ntransaction: {time: t, amount: a, stars: s}\n", "stars"),
      ("account: id\nrating: {time: t}\nfactors: {purchase_amount: a}\n", "factors"),
      ("account: {colum: id}\n", "colum"), ("account: {column: id, constant: x}\n", "account"),
      ("account: []\n", "account"), ("account: id\ndate: dd-mm-yy\n", "date"),
      ("account: id\ndecimal: dot\n", "decimal"), ("account: id\nskip_lines: -1\n", "skip_lines"),
      ("account: id\ndelimiter: ab\n", "delimiter"), ("account: id\ndelimiter: \"é\"\n", "delimiter"),
      ("account: id\nformat: xml\n", "format"), ("account: id\nformat: json-lines\ntrim: yes\n", "trim"),
      ("account: id\nformat: fixed-width\n", "columns"),
      ("account: id\nformat: fixed-width\ncolumns: {id: {start: 0, length: 2}}\n", "columns.id"),
      (
        "account: id\nformat: fixed-width\ncolumns: {id: {start: 1, length: 2}, x: {start: 2, length: 1}}\n",
        "columns.x"
      ),
      ("account: id\nheader: no\n", "columns"), ("account: id\ncolumns: [id]\n", "columns"),
      ("account: id\nheader: no\ncolumns: [a]\n", "columns"), ("account: id\nignore: [id]\n", "ignore"),
      ("account: id\ntransaction: {time: t, amount: a, currency: {constant: XXX}}\n", "transaction.currency"),
      ("account: id\ncustomer: {custom: {Name: n}}\n", "customer.custom"),
      ("account: id\ncustomer: {custom: {email: n}}\n", "customer.custom"), ("- account\n", "the file"),
    ])
  func strict(_ yaml: String, key: String) {
    let error = #expect(throws: IngestError.self) { try mapping(yaml) }
    #expect(error?.code == .mappingInvalid)
    #expect(error?.field == key)
    #expect(error?.file == "m.yaml")
  }

  @Test(
    "text that is no YAML, or a key given twice, is refused",
    arguments: ["", "account: [", "account: a\naccount: b\n"])
  func noYAML(_ yaml: String) {
    let error = #expect(throws: IngestError.self) { try mapping(yaml) }
    #expect(error?.code == .mappingInvalid)
  }

  @Test("a mapped column that the file lacks is named") func missingColumn() throws {
    let error = failure("id,b\n1,2\n", try mapping("account: id\ncustomer: {name: nom}\n"))
    #expect(error?.code == .header)
    #expect(error?.field == "nom")
  }
}
