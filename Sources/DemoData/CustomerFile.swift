/// `customers.csv`: people who do not exist.
///
/// Mobile numbers begin with +86 154, a series given to no operator, or lie in the ranges that Ofcom (+44 7700
/// 900xxx) and the North American plan (555-01xx) keep for fiction; mail domains are those of RFC 2606; the
/// region code of national ids, 990000, is not in GB/T 2260. Numbers are unique and each looks right.
struct CustomerFile {
  let options: Options

  private static let ukNumbers = 1000
  private static let usAreas = [212, 310, 415, 617, 702, 808]

  func write() throws(Failure) {
    let file = try OutputFile(options.out + "/customers.csv")
    file.write("account,name,phone,email,address,city,birth_date,gender,national_id,tier,joined,note\n")
    for index in 0..<options.customers { try writeRow(index, file) }
    try file.finish()
  }

  private func writeRow(_ index: Int, _ file: OutputFile) throws(Failure) {
    var generator = SeededGenerator(seed: options.seed, stream: 1 << 32 + UInt64(index))
    let isChinese = index % 3 != 2
    let isFemale = generator.chance(percent: 50)
    let surname = generator.pick(isChinese ? Names.chineseSurnames : Names.latinSurnames)
    // Born from 1950 to 2006.
    let birth = Moment(day: -7305 + generator.below(20_800))

    file.write(account: index)
    file.write(",")
    file.write(field: name(surname.0, isChinese, &generator))
    file.write(",")
    if !generator.chance(percent: 2) { file.write(field: phone(index, isChinese)) }
    file.write(",")
    if !generator.chance(percent: 15) {
      file.write(
        field: "\(surname.1).\(index + 1)@\(generator.pick(["example.com", "example.net", "example.org"]))")
    }
    file.write(",")
    let city = generator.pick(isChinese ? Names.chineseCities : Names.latinCities)
    let house = 1 + generator.below(300)
    file.write(
      field: isChinese
        ? "\(city)市\(generator.pick(Names.chineseStreets))\(house)号"
        : "\(house) \(generator.pick(Names.latinStreets)), \(city)")
    file.write(",")
    file.write(field: city)
    file.write(",")
    let birthKnown = !generator.chance(percent: 5)
    if birthKnown { file.write(date: birth) }
    file.write(",")
    if !generator.chance(percent: 8) { file.write(field: isFemale ? "female" : "male") }
    file.write(",")
    if isChinese && birthKnown && generator.chance(percent: 60) {
      file.write(bytes: Self.nationalID(birth, order: generator.below(500) * 2 + (isFemale ? 0 : 1)))
    }
    file.write(",")
    file.write(field: generator.pick(Names.tiers))
    file.write(",")
    // Joined from 2019 to 2023, before the first bill.
    file.write(date: Moment(day: 17_897 + generator.below(1826)))
    file.write(",")
    if generator.chance(percent: 10) { file.write(field: generator.pick(Names.notes)) }
    try file.endRow()
  }

  private func name(_ surname: String, _ isChinese: Bool, _ generator: inout SeededGenerator) -> String {
    guard isChinese else { return "\(generator.pick(Names.latinGiven)) \(surname)" }
    let first = generator.pick(Names.chineseGiven)
    return surname + first + (generator.chance(percent: 60) ? generator.pick(Names.chineseGiven) : "")
  }

  /// A number that no other customer has, written in one of the ways people write it.
  private func phone(_ index: Int, _ isChinese: Bool) -> String {
    let foreign = index / 3
    if !isChinese && foreign % 2 == 0 && foreign / 2 < Self.ukNumbers {
      return "+44 7700 900" + Self.padded(foreign / 2, digits: 3)
    }
    if !isChinese && foreign % 2 == 1 && foreign / 2 < Self.usAreas.count * 100 {
      return "+1 \(Self.usAreas[foreign / 200]) 555 01" + Self.padded(foreign / 2 % 100, digits: 2)
    }
    // An odd factor without 5 permutes the eight digits.
    let digits = Self.padded((index * 61_803_399 + Int(options.seed % 100_000_000)) % 100_000_000, digits: 8)
    switch index % 4 {
    case 0: return "154 \(digits.prefix(4)) \(digits.suffix(4))"
    case 1: return "+86 154-\(digits.prefix(4))-\(digits.suffix(4))"
    default: return "154\(digits)"
    }
  }

  /// Eighteen characters, the last a check character (GB 11643: ISO 7064 MOD 11-2).
  static func nationalID(_ birth: Moment, order: Int) -> [UInt8] {
    let date = birth.date
    let text =
      "990000" + padded(date.year * 10_000 + date.month * 100 + date.day, digits: 8)
      + padded(order, digits: 3)
    var digits = Array(text.utf8)
    var remainder = 0
    for digit in digits { remainder = (remainder + Int(digit) - 0x30) * 2 % 11 }
    let check = (12 - remainder) % 11
    digits.append(check == 10 ? 0x58 : 0x30 + UInt8(check))
    return digits
  }

  private static func padded(_ number: Int, digits: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}
