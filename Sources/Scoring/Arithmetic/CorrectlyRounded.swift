/// The double nearest to the exact quotient of two integers, ties to even: one rounding, not two.
///
/// Where both operands are at most 2^53 they are exact as doubles, and IEEE division rounds their quotient
/// once. Beyond, the numerator would be rounded before the division; so the quotient is computed to 64 bits in
/// integers, its last bit is made odd where anything is left (a sticky bit), and only that is rounded.
///
/// - Parameter denominator: 1 to 2^53.
func correctlyRounded(_ numerator: Int64, over denominator: UInt64) -> Double {
  precondition(denominator >= 1 && denominator <= 1 << 53, "the denominator must be exact as a double")
  let magnitude = numerator.magnitude
  guard magnitude > 1 << 53 else { return Double(numerator) / Double(denominator) }
  let (whole, rest) = magnitude.quotientAndRemainder(dividingBy: denominator)
  let (fraction, left) = denominator.dividingFullWidth((rest, 0))
  // whole is at least 1 here, since the numerator is larger than the denominator.
  let shift = whole.leadingZeroBitCount
  var top = shift == 0 ? whole : whole << shift | fraction >> (64 - shift)
  if fraction << shift != 0 || left != 0 { top |= 1 }
  return Double(sign: numerator < 0 ? .minus : .plus, exponent: -shift, significand: Double(top))
}
