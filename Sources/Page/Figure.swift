/// Numbers for people.
package enum Figure {
  /// A count with narrow spaces between its thousands.
  package static func count(_ number: Int) -> String {
    grouped(String(number), by: "\u{202F}")
  }

  /// Digits, with a sign or not, with a separator between their thousands.
  static func grouped(_ digits: String, by separator: String) -> String {
    let sign = digits.hasPrefix("-") ? "-" : ""
    var rest = digits.dropFirst(sign.count)
    var grouped = ""
    while rest.count > 3 {
      grouped = separator + rest.suffix(3) + grouped
      rest.removeLast(3)
    }
    return sign + rest + grouped
  }

  /// A number with so many places.
  package static func decimal(_ number: Double, _ places: Int = 3) -> String {
    guard number.isFinite else { return number > 0 ? "∞" : "−∞" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    let scaled = (number.magnitude * scale).rounded()
    guard scaled < 1e15 else { return "\(number)" }
    var digits = String(Int(scaled))
    while digits.utf8.count <= places { digits = "0" + digits }
    let sign = number < 0 && scaled > 0 ? "−" : ""
    return places == 0 ? sign + digits : sign + digits.dropLast(places) + "." + digits.suffix(places)
  }

  /// A share as a percentage.
  package static func percent(_ share: Double) -> String { decimal(share * 100, 1) + " %" }
}
