/// Numbers as they stand in an exported cell before they are put into bands: whole ones as such, others to a millionth.
enum ExportNumber {
  /// The text, or nil for a number that is not finite or beyond what a cell can hold.
  static func text(_ number: Double) -> String? {
    guard number.isFinite, number.magnitude < 9e11 else { return nil }
    if number == number.rounded() { return String(Int64(number)) }
    let millionths = Int64((number * 1_000_000).rounded())
    let (whole, rest) = millionths.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
    guard rest > 0 else { return (millionths < 0 ? "-" : "") + String(whole) }
    var fraction = String(rest + 1_000_000).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    return (millionths < 0 ? "-" : "") + "\(whole).\(fraction)"
  }
}
