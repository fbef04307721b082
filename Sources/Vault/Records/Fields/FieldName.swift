/// The name of a field of `identity` or `profile`: one that the program knows, an account at a source, or one
/// that the policy adds. Names are no secrets; values are.
public struct FieldName: Hashable, Sendable, CustomStringConvertible {
  /// The name as commands, policies and entries write it: `phone`, `account.shop`.
  public let text: String

  private init(known text: String) { self.text = text }

  /// The name that this text writes, or nil: a lower-case letter, then up to 63 lower-case letters, digits or
  /// `_`; or `account.` and 1 to 64 letters, digits, `_`, `-` or `.`.
  public init?(_ text: String) {
    if text.hasPrefix(FieldName.accountPrefix) {
      let source = text.utf8.dropFirst(FieldName.accountPrefix.utf8.count)
      guard (1...64).contains(source.count), source.allSatisfy(FieldName.isSourceByte) else { return nil }
    } else {
      let bytes = text.utf8
      guard let first = bytes.first, FieldName.isLower(first), bytes.count <= 64,
        bytes.allSatisfy(FieldName.isNameByte), text != "account"
      else { return nil }
    }
    self.text = text
  }

  /// The customer's account at a source: `account.SOURCE`; nil for a source that cannot be named so.
  public static func account(at source: String) -> FieldName? { FieldName(accountPrefix + source) }

  /// The source of an account field, or nil.
  public var accountSource: String? {
    text.hasPrefix(FieldName.accountPrefix) ? String(text.dropFirst(FieldName.accountPrefix.count)) : nil
  }

  /// The text.
  public var description: String { text }

  static let accountPrefix = "account."

  private static func isLower(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }
  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
  private static func isNameByte(_ byte: UInt8) -> Bool {
    isLower(byte) || isDigit(byte) || byte == UInt8(ascii: "_")
  }
  private static func isSourceByte(_ byte: UInt8) -> Bool {
    isNameByte(byte) || isLower(byte | 0x20) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
  }
}

extension FieldName: Comparable {
  /// By the bytes of the text.
  public static func < (left: FieldName, right: FieldName) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}

extension FieldName {
  /// The person's name.
  public static let name = FieldName(known: "name")
  /// A phone number, as given; its E.164 form is what the index holds.
  public static let phone = FieldName(known: "phone")
  /// An e-mail address.
  public static let email = FieldName(known: "email")
  /// A postal address.
  public static let address = FieldName(known: "address")
  /// A national identity number.
  public static let nationalID = FieldName(known: "national_id")
  /// The birth date, `YYYY-MM-DD`.
  public static let birthDate = FieldName(known: "birth_date")
  /// Free text.
  public static let note = FieldName(known: "note")
  /// The birth year, derived from the birth date.
  public static let birthYear = FieldName(known: "birth_year")
  /// The gender.
  public static let gender = FieldName(known: "gender")
  /// The city.
  public static let city = FieldName(known: "city")
  /// The tier.
  public static let tier = FieldName(known: "tier")
  /// The month of joining.
  public static let joined = FieldName(known: "joined")

  /// The fields of `identity` that every vault has, accounts apart.
  public static let identity: [FieldName] = [name, phone, email, address, nationalID, birthDate, note]
  /// The fields of `profile` that every vault has.
  public static let profile: [FieldName] = [birthYear, gender, city, tier, joined]

  // The codes are part of the format: never reused. 0 writes out a name, 1 writes out an account's source.
  static let byCode: [UInt8: FieldName] = [
    2: name, 3: phone, 4: email, 5: address, 6: nationalID, 7: birthDate, 8: note, 9: birthYear, 10: gender,
    11: city, 12: tier, 13: joined,
  ]
  static let codes: [FieldName: UInt8] = Dictionary(
    uniqueKeysWithValues: byCode.map { ($0.value, $0.key) })
}
