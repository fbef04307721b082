import Glibc
import Ingest
import Testing

/// The package's folder, found from this file.
private let package = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

private func shared(_ name: String) -> String { "\(package)/../shared/data/\(name)" }

private func sum(_ reading: Reading) -> Int {
  reading.rows.reduce(0) { $0 + (Int($1.event["amount"] ?? "") ?? 0) }
}

private func isThere(_ name: String) -> Bool { unsafe access(shared(name), R_OK) == 0 }

/// Reads real files with the mappings of docs/mappings. Skipped where `../shared` is absent: it is laid
/// beside the repository on the project's machines and is not part of it.
@Suite("Example mappings") struct ExampleMappingTests {
  private func mapping(_ name: String) throws -> Mapping {
    let file = try SampleFile.existing("\(package)/docs/mappings/\(name)")
    return try Mapping.parse(yaml: String(decoding: file.bytes(), as: UTF8.self), name: name)
  }

  @Test("the CDNOW mapping reads lines like those of the sample") func cdnowLines() throws {
    let reading = try read(
      " 00004 0001 19970101  2   29.33\r\n 23569 2357 19970325  1 1234.56\r\n", try mapping("cdnow.yaml"))
    #expect(reading.rejected == [])
    #expect(reading.extraColumns == [])
    #expect(reading.rows.map(\.account) == ["0001", "2357"])
    #expect(
      reading.rows.first?.event == ["time": "852076800 date", "amount": "2933", "currency": "USD"])
    #expect(reading.rows.last?.event["amount"] == "123456")
  }

  @Test("the orders mapping reads rows like those of the sample") func orderLines() throws {
    let reading = try read(
      """
      "customer_id","order_date","revenue","first_name","last_name","email"
      "Ann Lee","2004-12-20",32,"Ann","Lee","ann_lee@example.com"
      """, try mapping("orders.yaml"))
    #expect(reading.rows.first?.customer == ["name": "Ann Lee", "email": "ann_lee@example.com"])
    #expect(reading.rows.first?.event == ["time": "1103500800 date", "amount": "3200", "currency": "USD"])
  }

  @Test(
    "the CDNOW sample is read whole",
    .enabled(if: isThere("cdnow/CDNOW_sample.txt"), "needs ../shared/data/cdnow beside the repository"))
  func cdnow() throws {
    let file = try SampleFile.existing(shared("cdnow/CDNOW_sample.txt"))
    let reading = try read(file, try mapping("cdnow.yaml"), onError: .stop)
    #expect(reading.rows.count == 6919)
    #expect(Set(reading.rows.map(\.account)).count == 2357)
    #expect(sum(reading) == 24_409_194)
    #expect(reading.extraColumns == [])
  }

  @Test(
    "the orders sample is read whole",
    .enabled(if: isThere("orders/rfm_data_orders.csv"), "needs ../shared/data/orders beside the repository"))
  func orders() throws {
    let file = try SampleFile.existing(shared("orders/rfm_data_orders.csv"))
    let reading = try read(file, try mapping("orders.yaml"), onError: .stop)
    #expect(reading.rows.count == 4906)
    #expect(sum(reading) == 46_415_800)
    #expect(reading.rows.allSatisfy { $0.customer["email"] != nil && $0.customer["name"] == $0.account })
  }
}
