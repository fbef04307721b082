/// What is wrong with a value or a record. Thrown by every parser of this module.
public struct RejectionCode: Error, Hashable, Sendable, CustomStringConvertible {
  private let kind: Kind

  /// The stable snake_case word of this code.
  public var description: String { kind.rawValue }

  /// What is wrong, in words, without the value.
  public var message: String { kind.message }
}

extension RejectionCode {
  /// The record has more or fewer fields than the header.
  public static let wrongColumnCount = RejectionCode(kind: .wrongColumnCount)
  /// A fixed-width line ends before its last column does.
  public static let shortLine = RejectionCode(kind: .shortLine)
  /// A fixed-width line has text where the mapping has no column.
  public static let textOutsideColumns = RejectionCode(kind: .textOutsideColumns)
  /// Bytes that are not UTF-8.
  public static let invalidUTF8 = RejectionCode(kind: .invalidUTF8)
  /// A control character where none is allowed.
  public static let controlCharacter = RejectionCode(kind: .controlCharacter)
  /// An identifier begins or ends with a space.
  public static let surroundingSpace = RejectionCode(kind: .surroundingSpace)
  /// More bytes than the field may have.
  public static let tooLong = RejectionCode(kind: .tooLong)
  /// A needed value is absent.
  public static let missingValue = RejectionCode(kind: .missingValue)
  /// Not a date or time of the expected form.
  public static let invalidTime = RejectionCode(kind: .invalidTime)
  /// A date or time of day that does not exist.
  public static let noSuchTime = RejectionCode(kind: .noSuchTime)
  /// A leap second.
  public static let leapSecond = RejectionCode(kind: .leapSecond)
  /// Not a plain decimal number.
  public static let invalidNumber = RejectionCode(kind: .invalidNumber)
  /// More decimals than the currency or the field has.
  public static let tooManyDecimals = RejectionCode(kind: .tooManyDecimals)
  /// A number beyond what the field may hold.
  public static let outOfRange = RejectionCode(kind: .outOfRange)
  /// Not an ISO 4217 currency.
  public static let unknownCurrency = RejectionCode(kind: .unknownCurrency)
  /// Not one of granted, withdrawn, objected.
  public static let unknownState = RejectionCode(kind: .unknownState)
  /// Not the name of a purpose.
  public static let invalidName = RejectionCode(kind: .invalidName)
  /// An identifier whose NFKC form is not certain.
  public static let notNormalized = RejectionCode(kind: .notNormalized)
  /// Not an e-mail address.
  public static let invalidEmail = RejectionCode(kind: .invalidEmail)
  /// Not a phone number.
  public static let invalidPhone = RejectionCode(kind: .invalidPhone)
  /// The line is not one JSON object.
  public static let malformedJSON = RejectionCode(kind: .malformedJSON)
  /// A JSON object has a name twice.
  public static let duplicateName = RejectionCode(kind: .duplicateName)
  /// A JSON value is an object or an array.
  public static let nestedValue = RejectionCode(kind: .nestedValue)
  /// A JSON value is true or false where text or a number is needed.
  public static let wrongType = RejectionCode(kind: .wrongType)
  /// A JSON object has more names than a file may have columns.
  public static let tooManyColumns = RejectionCode(kind: .tooManyColumns)
  /// A purpose that the vault's policy does not have.
  public static let unknownPurpose = RejectionCode(kind: .unknownPurpose)
  /// An amount in another currency than the one it has to be in.
  public static let otherCurrency = RejectionCode(kind: .otherCurrency)
  /// A value that the vault does not take in this field.
  public static let unusableValue = RejectionCode(kind: .unusableValue)
  /// The customer was erased.
  public static let suppressed = RejectionCode(kind: .suppressed)
}

extension RejectionCode {
  private enum Kind: String {
    case wrongColumnCount = "wrong_column_count"
    case shortLine = "short_line"
    case textOutsideColumns = "text_outside_columns"
    case invalidUTF8 = "invalid_utf8"
    case controlCharacter = "control_character"
    case surroundingSpace = "surrounding_space"
    case tooLong = "too_long"
    case missingValue = "missing_value"
    case invalidTime = "invalid_time"
    case noSuchTime = "no_such_time"
    case leapSecond = "leap_second"
    case invalidNumber = "invalid_number"
    case tooManyDecimals = "too_many_decimals"
    case outOfRange = "out_of_range"
    case unknownCurrency = "unknown_currency"
    case unknownState = "unknown_state"
    case invalidName = "invalid_name"
    case notNormalized = "not_normalized"
    case invalidEmail = "invalid_email"
    case invalidPhone = "invalid_phone"
    case malformedJSON = "malformed_json"
    case duplicateName = "duplicate_name"
    case nestedValue = "nested_value"
    case wrongType = "wrong_type"
    case tooManyColumns = "too_many_columns"
    case unknownPurpose = "unknown_purpose"
    case otherCurrency = "other_currency"
    case unusableValue = "unusable_value"
    case suppressed = "suppressed"

    var message: String {
      switch self {
      case .wrongColumnCount: "the record does not have as many fields as the header"
      case .shortLine: "the line ends before the last column of the mapping"
      case .textOutsideColumns: "the line has text where the mapping has no column"
      case .invalidUTF8: "the bytes are not UTF-8"
      case .controlCharacter: "a control character is not allowed here"
      case .surroundingSpace: "an identifier must not begin or end with a space"
      case .tooLong: "the text is longer than this field may be"
      case .missingValue: "a value is needed here"
      case .invalidTime: "not a time of the expected form"
      case .noSuchTime: "no such date or time of day exists"
      case .leapSecond: "a leap second cannot be stored"
      case .invalidNumber: "not a plain decimal number"
      case .tooManyDecimals: "more decimals than this amount can have"
      case .outOfRange: "the number is out of range"
      case .unknownCurrency: "not a currency code of ISO 4217"
      case .unknownState: "must be granted, withdrawn or objected"
      case .invalidName: "must be a word of lower-case letters, digits and hyphens"
      case .notNormalized: "an identifier must be in the Unicode form NFKC"
      case .invalidEmail: "not an e-mail address"
      case .invalidPhone: "not a phone number"
      case .malformedJSON: "the line is not one JSON object"
      case .duplicateName: "the object has this name twice"
      case .nestedValue: "a value must not be an object or an array"
      case .wrongType: "the value must be text or a number"
      case .tooManyColumns: "more columns than a file may have"
      case .unknownPurpose: "the policy has no such purpose"
      case .otherCurrency: "must be in the vault's currency"
      case .unusableValue: "the vault does not take this value here"
      case .suppressed: "the customer was erased, and is not taken up again by an import"
      }
    }
  }
}
