public import Sodium

/// How much of a value is shown. A policy names one for each role and field.
public enum Mask: String, Sendable, CaseIterable {
  /// All of it.
  case full
  /// What suits the field: see ``suited(to:)``, and for phone, e-mail and address their recognizable part.
  case partial
  /// Nothing, not even its length.
  case hidden
  /// The year of a date `YYYY-MM-DD`.
  case year
  /// The last four characters, of eight or more.
  case last4
  /// The first character, and a star for each of at most four more.
  case initial

  /// The mask that `partial` stands for in a field.
  public static func suited(to field: FieldName) -> Mask {
    switch field {
    case .name: .initial
    case .birthDate: .year
    case .nationalID: .last4
    case .phone, .email, .address: .partial
    case .note: .hidden
    default: field.accountSource == nil ? .hidden : .last4
    }
  }

  /// Adds what may be shown of a value (UTF-8) to `out`.
  public func apply(to value: Span<UInt8>, of field: FieldName, into out: inout WipedBytes) {
    switch self {
    case .full: out.append(value)
    case .hidden: out.append(copying: Mask.stars.utf8)
    case .year: Mask.year(value, into: &out)
    case .last4: Mask.last4(value, into: &out)
    case .initial: Mask.initial(value, into: &out)
    case .partial:
      switch field {
      case .phone: Mask.phone(value, into: &out)
      case .email: Mask.email(value, into: &out)
      case .address: Mask.address(value, into: &out)
      default: Mask.suited(to: field).apply(to: value, of: field, into: &out)
      }
    }
  }

  static let stars = "***"
}

extension Mask {
  private static func initial(_ value: Span<UInt8>, into out: inout WipedBytes) {
    out.append(value.extracting(0..<Text.prefixByteCount(value, characters: 1)))
    for _ in 0..<min(max(Text.characterCount(value) - 1, 0), 4) { out.append(UInt8(ascii: "*")) }
  }

  private static func last4(_ value: Span<UInt8>, into out: inout WipedBytes) {
    out.append(copying: "****".utf8)
    guard Text.characterCount(value) >= 8 else { return }
    let count = Text.suffixByteCount(value, characters: 4)
    out.append(value.extracting((value.count - count)..<value.count))
  }

  private static func year(_ value: Span<UInt8>, into out: inout WipedBytes) {
    var isDate = value.count == 10 && value[4] == UInt8(ascii: "-") && value[7] == UInt8(ascii: "-")
    for index in 0..<min(4, value.count) { isDate = isDate && isDigit(value[index]) }
    if isDate { out.append(value.extracting(0..<4)) } else { out.append(copying: stars.utf8) }
  }

  private static func address(_ value: Span<UInt8>, into out: inout WipedBytes) {
    let shown = min(3, Text.characterCount(value) / 3)
    out.append(value.extracting(0..<Text.prefixByteCount(value, characters: shown)))
    out.append(copying: "…".utf8)
  }

  private static func email(_ value: Span<UInt8>, into out: inout WipedBytes) {
    var at: Int?
    for index in value.indices where value[index] == UInt8(ascii: "@") { at = index }
    guard let at, at > 0 else {
      out.append(copying: stars.utf8)
      return
    }
    out.append(value.extracting(0..<Text.prefixByteCount(value, characters: 1)))
    out.append(copying: stars.utf8)
    out.append(value.extracting(at..<value.count))
  }

  // In E.164: country code, the first three digits of a national number of eleven or more, the last four.
  private static func phone(_ value: Span<UInt8>, into out: inout WipedBytes) {
    var isE164 = value.count >= 8 && value.count <= 16 && value[0] == UInt8(ascii: "+")
    for index in 1..<max(value.count, 1) { isE164 = isE164 && isDigit(value[index]) }
    guard isE164 else {
      last4(value, into: &out)
      return
    }
    let national = 1 + CallingCode.digitCount(value)
    out.append(value.extracting(0..<national))
    out.append(UInt8(ascii: " "))
    if value.count - national >= 11 { out.append(value.extracting(national..<(national + 3))) }
    out.append(copying: "****".utf8)
    if value.count - national >= 7 { out.append(value.extracting((value.count - 4)..<value.count)) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
