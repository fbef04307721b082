import Ingest
import Testing

@Suite("Built-in mappings") struct BuiltInMappingTests {
  @Test("transactions carry money, time and their order") func transactions() throws {
    let reading = try read(
      """
      order_id,account,amount,time,currency,product,category,channel,refund_of,clerk
      O1,A1,12.50,2024-01-02T03:04:05+08:00,,P1,food,app,,x
      O2,A1,-3,2024-01-02,JPY,,,,O1,y
      """)
    #expect(reading.mapping == "transactions")
    #expect(reading.extraColumns == ["clerk"])
    #expect(
      reading.rows.map(\.event) == [
        [
          "time": "1704135845", "amount": "1250", "currency": "CNY", "product": "P1", "category": "food",
          "channel": "app", "order_id": "O1",
        ],
        ["time": "1704153600 date", "amount": "-3", "currency": "JPY", "order_id": "O2", "refund_of": "O1"],
      ])
  }

  @Test("bad amounts, currencies and times are refused by field") func badTransactions() throws {
    let reading = try read(
      """
      account,time,amount,currency
      A,2024-01-01,1e3,CNY
      A,2024-01-01,"1,000.00",CNY
      A,2024-01-01,٣,CNY
      A,2024-01-01, 12,CNY
      A,2024-01-01,12.345,CNY
      A,2024-01-01,9223372036854775807,CNY
      A,2024-01-01,,CNY
      A,2024-01-01,1,cny
      A,2024-01-01,0.5,JPY
      A,2021-02-30,1,CNY
      A,,1,CNY
      A,2024-01-01T24:00:00Z,1,CNY
      A,2016-12-31T23:59:60Z,1,CNY
      A,0000-01-01,1,CNY
      A,2024-01-01,-0,CNY
      """)
    #expect(
      reading.rejected == [
        "2 amount invalid_number", "3 amount invalid_number", "4 amount invalid_number",
        "5 amount invalid_number",
        "6 amount too_many_decimals", "7 amount out_of_range", "8 amount missing_value",
        "9 currency unknown_currency", "10 amount too_many_decimals", "11 time no_such_time",
        "12 time missing_value", "13 time no_such_time", "14 time leap_second", "15 time no_such_time",
      ])
    #expect(reading.rows.map { $0.event["amount"] } == ["0"])
  }

  @Test("customers carry typed and checked fields") func customers() throws {
    let reading = try read(
      """
      account,name,phone,email,address,city,birth_date,gender,national_id,tier,joined,note
      A1,王伟,+86 138-0013-8000,wei@example.cn,"1 Road, Town",成都,1990-02-28,m,510000,gold,2020-05-06,vip
      A2,,n/a,,,,,,,,,
      A3,,,,,,1990-02-29,,,,,
      A4,,,,,,,,,,2020-05-06T00:00:00Z,
      """)
    #expect(reading.mapping == "customers")
    #expect(
      reading.rows.first?.customer == [
        "name": "王伟", "phone": "+86 138-0013-8000", "email": "wei@example.cn", "address": "1 Road, Town",
        "city": "成都", "birth_date": "1990-02-28", "gender": "m", "national_id": "510000", "tier": "gold",
        "joined": "2020-05-06", "note": "vip",
      ])
    #expect(
      reading.rejected == ["3 phone invalid_phone", "4 birth_date no_such_time", "5 joined invalid_time"])
  }

  @Test("ratings are thousandths, and at least one is needed") func ratings() throws {
    let reading = try read(
      """
      account,time,product_quality,service_quality,price_satisfaction
      A1,2024-01-01,4.5,,5
      A1,2024-01-01,,,
      A1,2024-01-01,-1,,
      A1,2024-01-01,4.5678,,
      """)
    #expect(reading.mapping == "ratings")
    #expect(reading.rows.map { $0.event["product_quality"] } == ["4500"])
    #expect(
      reading.rejected == [
        "3 product_quality missing_value", "4 product_quality out_of_range",
        "5 product_quality too_many_decimals",
      ])
  }

  @Test("referrals name the account that came") func referrals() throws {
    let reading = try read(
      "account,time,referred_account,value\nA1,2024-01-01,A2,10\nA1,2024-01-01,A3,\nA1,2024-01-01,,1\n")
    #expect(reading.mapping == "referrals")
    #expect(
      reading.rows.map(\.event) == [
        ["time": "1704067200 date", "referred_account": "A2", "value": "1000"],
        ["time": "1704067200 date", "referred_account": "A3"],
      ])
    #expect(reading.rejected == ["4 referred_account missing_value"])
  }

  @Test("consents are granted, withdrawn or objected") func consents() throws {
    let reading = try read(
      """
      account,time,purpose,state,source,text_version
      A1,2024-01-01,marketing,granted,web form,v2
      A1,2024-01-02,marketing,withdrawn,,
      A1,2024-01-03,analytics,objected,,
      A1,2024-01-03,analytics,Granted,,
      A1,2024-01-03,Bad Purpose,granted,,
      """)
    #expect(reading.mapping == "consents")
    #expect(reading.rows.map { $0.event["state"] } == ["granted", "withdrawn", "objected"])
    #expect(reading.rows.first?.event["source"] == "web form")
    #expect(reading.rejected == ["5 state unknown_state", "6 purpose invalid_name"])
  }

  @Test("factors are correctly rounded from their decimals") func factors() throws {
    let reading = try read(
      """
      account,purchase_frequency,purchase_amount,information_value
      A1,0.1,123456789.123456789,9007199254740993
      A2,,1e-5,
      A3,,,
      A4,1e999,,
      A5,0x1p3,,
      A6,nan,,
      """)
    #expect(reading.mapping == "factors")
    #expect(
      reading.rows.map(\.event) == [
        [
          "purchase_frequency": "0.1", "purchase_amount": "123456789.12345679",
          "information_value": "9007199254740992.0",
        ],
        ["purchase_amount": "1e-05"],
      ])
    #expect(
      reading.rejected == [
        "4 purchase_frequency missing_value", "5 purchase_frequency out_of_range",
        "6 purchase_frequency invalid_number", "7 purchase_frequency invalid_number",
      ])
  }

  @Test("an ambiguous header names the candidates") func ambiguous() throws {
    let error = failure("account,name,time,amount\n")
    #expect(error?.code == .mappingAmbiguous)
    #expect(error?.reason.contains("customers, transactions") == true)
    #expect(
      try read("account,name,time,amount\nA,Ann,2024-01-01,1\n", .builtIn(named: "transactions")).extraColumns
        == ["name"])
  }

  @Test(
    "a header that no mapping fits is refused without repeating it", arguments: ["account\n", "Secret,Ann\n"])
  func unknown(_ text: String) {
    let error = failure(text)
    #expect(error?.code == .mappingUnknown)
    #expect(error.map { "\($0)".contains("Secret") } == false)
  }

  @Test("a missing required column is named") func missingColumn() throws {
    let error = failure("account,time,product\n", try .builtIn(named: "transactions"))
    #expect(error?.code == .header)
    #expect(error?.field == "amount")
    #expect(throws: IngestError.self) { try Mapping.builtIn(named: "orders") }
  }

  @Test("the built-in columns are those of the contract") func columns() throws {
    let contract = [
      "customers": "account,name,phone,email,address,city,birth_date,gender,national_id,tier,joined,note",
      "transactions": "account,time,amount,currency,product,category,channel,order_id,refund_of",
      "ratings": "account,time,product_quality,service_quality,price_satisfaction",
      "referrals": "account,time,referred_account,value",
      "consents": "account,time,purpose,state,source,text_version",
      "factors":
        "account,purchase_frequency,purchase_amount,purchase_variety,product_quality,service_quality,"
        + "price_satisfaction,referral_value,information_value",
    ]
    #expect(Mapping.builtIn.count == contract.count)
    for mapping in Mapping.builtIn {
      let columns = try #require(contract[mapping.name]).split(separator: ",").map(String.init)
      #expect(mapping.mappedColumns == Set(columns))
      #expect(try Mapping.builtIn(forColumns: columns, file: nil).name == mapping.name)
    }
  }
}

@Suite("Event content") struct EventContentTests {
  @Test("the same event written in another way has the same bytes") func same() throws {
    let csv = try read("account,time,amount,currency,product\nA1,2024-01-01T08:00:00+08:00,5,CNY,P1\n")
    let json = try read(
      "{\"product\":\"P\\u0031\",\"account\":\"B\",\"amount\":5.00,\"time\":\"2024-01-01T00:00:00Z\"}")
    #expect(csv.rows[0].content == json.rows[0].content)
  }

  @Test("events that differ have different bytes") func different() throws {
    let reading = try read(
      """
      account,time,amount,currency,product,category,channel,order_id,refund_of
      A,2024-01-01,5,CNY,P,,,,
      A,2024-01-01,5,CNY,,P,,,
      A,2024-01-01,5,CNY,,,P,,
      A,2024-01-01,5,CNY,,,,P,
      A,2024-01-01,5,CNY,,,,,P
      A,2024-01-01,5,CNY,,,,,
      A,2024-01-01,5,USD,,,,,
      A,2024-01-01,-5,CNY,,,,,
      A,2024-01-01T00:00:00Z,5,CNY,,,,,
      A,2024-01-02,5,CNY,,,,,
      """)
    #expect(Set(reading.rows.map(\.content)).count == 10)
    #expect(reading.rejected == [])
  }

  @Test("the bytes are those of the documentation") func layout() throws {
    let reading = try read("account,time,referred_account,value\nA1,1970-01-02,XY,0.01\n")
    let expected: [UInt8] =
      [1, 3, 1, 0, 0, 0, 0, 0, 1, 0x51, 0x80, 0, 0, 0, 2, 0x58, 0x59, 1, 0, 0, 0, 0, 0, 0, 0, 1]
      + [0, 0x43, 0x4E, 0x59]
    #expect(reading.rows.first?.content == expected)
  }

  @Test("a row without an event has no content") func none() throws {
    #expect(try read("account,name\nA1,Ann\n").rows.first?.content == [])
  }
}
