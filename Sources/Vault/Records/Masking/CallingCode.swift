/// Country calling codes: no code begins another one (ITU-T E.164, list of assigned codes).
enum CallingCode {
  private static let twoDigits: Set<Int> = [
    20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58,
    60,
    61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
  ]

  /// How many digits the code of an E.164 number has, which begins with a plus sign and has three digits or more.
  static func digitCount(_ number: Span<UInt8>) -> Int {
    let first = Int(number[1]) - 0x30
    if first == 1 || first == 7 { return 1 }
    return twoDigits.contains(first * 10 + Int(number[2]) - 0x30) ? 2 : 3
  }
}
