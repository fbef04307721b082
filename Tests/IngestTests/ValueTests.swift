import Ingest
import Testing

@Suite("Time values") struct TimeTests {
  private func time(_ text: String) throws -> ImportTime {
    let bytes = Array(text.utf8)
    return try ImportTime(parsing: bytes.span)
  }

  @Test("RFC 3339 times are seconds since 1970 in UTC") func instants() throws {
    #expect(try time("1970-01-01T00:00:00Z") == ImportTime(seconds: 0, precision: .instant))
    #expect(try time("2024-02-29T23:59:59+08:00").seconds == 1_709_222_399)
    #expect(try time("2024-02-29t23:59:59-00:30").seconds == 1_709_252_999)
    #expect(try time("1969-12-31 23:59:59.999Z").seconds == -1)
    #expect(try time("0001-01-01T00:00:00Z").seconds == -62_135_596_800)
    #expect(try time("9999-12-31T23:59:59z").seconds == 253_402_300_799)
  }

  @Test("a date alone is a local day") func dates() throws {
    #expect(try time("2021-03-01") == ImportTime(seconds: 1_614_556_800, precision: .localDate))
    #expect(try time("2021-03-01").dateOnly)
    #expect(try time("2000-02-29").seconds == 951_782_400)
  }

  @Test(
    "what the calendar or the clock does not have is refused",
    arguments: [
      "2021-02-30", "1900-02-29", "0000-01-01", "2021-13-01", "2021-00-10", "2021-01-00",
      "2021-01-01T24:00:00Z", "2021-01-01T12:60:00Z", "2021-01-01T00:00:61Z", "2021-01-01T00:00:00+24:00",
    ])
  func impossible(_ text: String) {
    #expect(throws: RejectionCode.noSuchTime) { try time(text) }
  }

  @Test("a leap second is refused by name") func leapSecond() {
    #expect(throws: RejectionCode.leapSecond) { try time("2016-12-31T23:59:60Z") }
  }

  @Test(
    "another form is refused",
    arguments: [
      "", "2021", "2021-1-1", "20210101", "2021/01/01", " 2021-01-01", "2021-01-01 ", "2021-01-01T10:00Z",
      "2021-01-01T10:00:00", "2021-01-01T10:00:00.Z", "2021-01-01T10:00:00+0800", "2021-01-01T10:00:00Zx",
      "٢٠٢١-01-01", "2021-01-01T10:00:00.5", "-021-01-01", "2021-01-01T10:00:00+08:000",
    ])
  func malformed(_ text: String) {
    #expect(throws: RejectionCode.invalidTime) { try time(text) }
  }

  @Test("a pattern reads what it says and nothing else") func patterns() throws {
    func parse(_ pattern: String, _ text: String) throws -> ImportTime {
      let bytes = Array(text.utf8)
      return try #require(DatePattern(pattern)).parse(bytes.span)
    }
    let day = ImportTime(seconds: 1_614_556_800, precision: .localDate)
    #expect(try parse("yyyyMMdd", "20210301") == day)
    #expect(try parse("dd/MM/yyyy", "01/03/2021") == day)
    #expect(try parse("d.M.yyyy", "1.3.2021") == day)
    #expect(try parse("d.M.yyyy", "01.03.2021") == day)
    #expect(
      try parse("yyyy-MM-dd HH:mm:ss", "2021-03-01 10:00:01")
        == ImportTime(seconds: 1_614_592_801, precision: .localTime))
    #expect(throws: RejectionCode.noSuchTime) { try parse("dd/MM/yyyy", "03/13/2021") }
    #expect(throws: RejectionCode.invalidTime) { try parse("yyyyMMdd", "2021031") }
    #expect(throws: RejectionCode.invalidTime) { try parse("yyyyMMdd", "202103011") }
    for pattern in ["", "yy-MM-dd", "yyyy-MM", "yyyy-MM-dd-dd", "yyyy-MM-dd HH", "EEE dd MM yyyy"] {
      #expect(DatePattern(pattern) == nil, "\(pattern)")
    }
  }
}

@Suite("Money") struct MoneyTests {
  private func minor(_ text: String, _ currency: String = "CNY", comma: Bool = false) throws -> Int64 {
    let bytes = Array(text.utf8)
    return try Money.minorUnits(bytes.span, in: try #require(CurrencyCode(currency)), decimalComma: comma)
  }

  @Test("amounts become minor units exactly, by the currency's exponent") func exact() throws {
    #expect(try minor("12.34") == 1234)
    #expect(try minor("12.3") == 1230)
    #expect(try minor("-5") == -500)
    #expect(try minor("0.1") == 10)
    #expect(try minor("-0") == 0)
    #expect(try minor("12", "JPY") == 12)
    #expect(try minor("12", "KRW") == 12)
    #expect(try minor("1.234", "KWD") == 1234)
    #expect(try minor("1.2", "BHD") == 1200)
    #expect(try minor("1234,56", "EUR", comma: true) == 123_456)
    #expect(try minor("92233720368547758.07") == Int64.max)
  }

  @Test("decimals beyond the currency's are refused unless they are zeros") func decimals() throws {
    #expect(try minor("12.3400") == 1234)
    #expect(try minor("100.00", "JPY") == 100)
    #expect(throws: RejectionCode.tooManyDecimals) { try minor("12.345") }
    #expect(throws: RejectionCode.tooManyDecimals) { try minor("0.5", "JPY") }
  }

  @Test("an amount that 64 bits cannot hold is refused") func overflow() {
    #expect(throws: RejectionCode.outOfRange) { try minor("9223372036854775807") }
    #expect(throws: RejectionCode.outOfRange) { try minor("92233720368547758.08") }
    #expect(throws: RejectionCode.outOfRange) { try minor("-99999999999999999999") }
    #expect(throws: RejectionCode.outOfRange) { try minor("9223372036854775808", "JPY") }
  }

  @Test(
    "what is not a plain decimal number is refused",
    arguments: [
      "", "-", ".", ".5", "5.", "1e3", "1,000.00", "٣", "１２", " 12", "12 ", "+12", "--1", "1.2.3", "0x10",
      "NaN",
      "inf", "$5", "1_000", "12,34", "(12.00)",
    ])
  func malformed(_ text: String) {
    #expect(throws: RejectionCode.invalidNumber) { try minor(text) }
  }

  @Test("a currency is three upper-case letters of ISO 4217") func currencies() throws {
    let usd = try #require(CurrencyCode("USD"))
    #expect(usd.rawValue == 0x55_53_44)
    #expect("\(usd)" == "USD")
    #expect(CurrencyCode(rawValue: usd.rawValue) == usd)
    for code in ["usd", "XXX", "XAU", "ABC", "US", "USDT", "", "ÜSD"] {
      #expect(CurrencyCode(code) == nil, "\(code)")
    }
    let exponents: [String: UInt8] = ["CNY": 2, "JPY": 0, "KRW": 0, "KWD": 3, "BHD": 3, "VND": 0, "CLF": 4]
    for (code, exponent) in exponents { #expect(CurrencyCode(code)?.exponent == exponent, "\(code)") }
  }
}

@Suite("Normalization") struct NormalizationTests {
  private func email(_ text: String) throws -> String {
    let bytes = Array(text.utf8)
    return try Normalization.withEmail(bytes.span) { SeenRow.string($0) }
  }

  @Test("e-mail addresses are compared in lower case, trimmed, full-width forms folded") func email() throws {
    #expect(try email("Ann.Lee@Example.COM") == "ann.lee@example.com")
    #expect(try email(" ann@example.com ") == "ann@example.com")
    #expect(try email("ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ") == "ann@example.com")
  }

  @Test(
    "what is no e-mail address is refused",
    arguments: [
      "", "@", "ann", "ann@", "@example.com", "a@b@c", "a b@c.de", "ann@example.com.", "ánn@example.com",
      "a@.de",
    ])
  func refused(_ text: String) {
    #expect(throws: RejectionCode.invalidEmail) { try email(text) }
  }

  @Test("an e-mail address over 254 bytes is refused") func tooLong() {
    #expect(throws: RejectionCode.invalidEmail) {
      try email("ann@" + String(repeating: "a", count: 300))
    }
  }

  private func identifier(_ text: String) throws -> String {
    let bytes = Array(text.utf8)
    return try Normalization.withIdentifier(bytes.span) { SeenRow.string($0) }
  }

  @Test("account numbers keep their case and lose full-width forms") func identifiers() throws {
    for text in ["A-17", "王伟", "école", "ÉCOLE", "Ünal", "straße", "ЖЩ", "한국", "😀"] {
      #expect(try identifier(text) == text)
    }
    #expect(try identifier("Ａ１７") == "A17")
  }

  @Test(
    "an account number whose NFKC form is not certain is refused",
    arguments: [
      "e\u{301}", "\u{212A}", "\u{212B}", "ﬁ", "①", "Ⓐ", "ｱ", "\u{F900}", "\u{17F}", "\u{1112}\u{1161}",
      "a\u{200B}", "²",
    ])
  func uncertain(_ text: String) {
    #expect(throws: RejectionCode.notNormalized) { try identifier(text) }
  }
}
