/// A JSON value as the log uses them: no fractions, and whole numbers only where every reader agrees on them.
public enum JSONValue: Hashable, Sendable {
  /// Members with distinct keys.
  case object(JSONObject)
  /// Values in order.
  case array([JSONValue])
  /// Text. Compared by its bytes, not by canonical equivalence.
  case string(String)
  /// A whole number within ±(2^53 - 1); larger ones are written as decimal strings.
  case integer(Int64)
  /// True or false.
  case bool(Bool)
  /// The null value.
  case null

  /// The largest number that is written as a number: beyond it, readers that use doubles would change it.
  public static let integerLimit: Int64 = 1 << 53 - 1

  /// The members, when this is an object.
  public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }

  /// The elements, when this is an array.
  public var array: [JSONValue]? { if case .array(let array) = self { array } else { nil } }

  /// The text, when this is a string.
  public var string: String? { if case .string(let string) = self { string } else { nil } }

  /// The number, when this is one.
  public var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }

  /// The truth value, when this is one.
  public var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }

  /// The member of this key, when this is an object that has it.
  public subscript(key: String) -> JSONValue? { object?[key] }

  /// Whether two values are the same, strings byte for byte.
  public static func == (lhs: JSONValue, rhs: JSONValue) -> Bool {
    switch (lhs, rhs) {
    case (.object(let lhs), .object(let rhs)): lhs == rhs
    case (.array(let lhs), .array(let rhs)): lhs == rhs
    case (.string(let lhs), .string(let rhs)): lhs.utf8.elementsEqual(rhs.utf8)
    case (.integer(let lhs), .integer(let rhs)): lhs == rhs
    case (.bool(let lhs), .bool(let rhs)): lhs == rhs
    case (.null, .null): true
    default: false
    }
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
  /// A number.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object; of two members with one key the later counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (key, value) in elements { object[key] = value }
    self = .object(object)
  }
}
