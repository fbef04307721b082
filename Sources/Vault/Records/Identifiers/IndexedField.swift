/// A field that is looked up by a blind index: high-entropy identifiers only.
public enum IndexedField: Hashable, Sendable {
  /// A phone number in E.164.
  case phone
  /// An e-mail address in lower case.
  case email
  /// The customer's key at a source.
  case account(source: String)

  /// The field's code in the index. Part of the format: never reused.
  public var code: UInt8 {
    switch self {
    case .phone: 1
    case .email: 2
    case .account: 3
    }
  }

  /// The source of an account, else empty.
  public var source: String {
    if case .account(let source) = self { source } else { "" }
  }

  /// The indexed field of this name, or nil where the field has no index.
  public init?(_ name: FieldName) {
    switch name {
    case .phone: self = .phone
    case .email: self = .email
    default:
      guard let source = name.accountSource else { return nil }
      self = .account(source: source)
    }
  }
}
