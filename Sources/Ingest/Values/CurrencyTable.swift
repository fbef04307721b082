/// The currencies of ISO 4217 with their number of decimals.
///
/// List one (active) as published by the maintenance agency, SIX, without what has no minor unit (precious
/// metals, SDR, test codes), and the codes withdrawn since 2015, which transaction histories still hold.
enum CurrencyTable {
  static let exponents: [UInt32: UInt8] = {
    var table: [UInt32: UInt8] = [:]
    for (exponent, codes) in lists {
      for code in codes.split(whereSeparator: \.isWhitespace) {
        table[code.utf8.reduce(0) { $0 << 8 | UInt32($1) }] = exponent
      }
    }
    return table
  }()

  private static let lists: [(UInt8, String)] = [
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (
      2,
      """
      AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD
      CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
      GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD
      MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP
      PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT
      TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG
      """
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
    // Withdrawn since 2015.
    (2, "ANG CUC HRK MRO SLL STD VEF ZWL"),
    (0, "BYR"),
  ]
}
