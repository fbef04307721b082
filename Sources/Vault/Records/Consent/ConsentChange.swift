/// What a customer said about a purpose.
public enum ConsentState: UInt8, Sendable, CaseIterable {
  /// Consented.
  case granted = 1
  /// Took a consent back.
  case withdrawn = 2
  /// Objected to processing that needs no consent (GDPR article 21).
  case objected = 3

  /// The word in files and commands.
  public var name: String {
    switch self {
    case .granted: "granted"
    case .withdrawn: "withdrawn"
    case .objected: "objected"
    }
  }

  /// The state of this word, or nil.
  public init?(name: String) {
    guard let state = ConsentState.allCases.first(where: { $0.name == name }) else { return nil }
    self = state
  }
}

/// One statement of a customer about a purpose, with where it came from.
public struct ConsentChange: Hashable, Sendable, Undisclosed {
  /// The purpose's name.
  public let purpose: String
  /// What was said.
  public let state: ConsentState
  /// When it was said: seconds since 1970 UTC.
  public let time: Int64
  /// Where: a form, a call, a file.
  public let source: String
  /// The version of the text that was shown.
  public let textVersion: String
  /// The legal basis that was recorded with it, or nil.
  public let legalBasis: String?
  /// The key id of who recorded it: 8 bytes, read big-endian.
  public let actor: UInt64

  /// The longest purpose, source, text version or legal basis in bytes.
  public static let textLimit = 256

  /// A statement.
  ///
  /// - Throws: `.unusableValue` for an empty purpose or a text over ``textLimit``.
  public init(
    purpose: String, state: ConsentState, time: Int64, source: String, textVersion: String = "",
    legalBasis: String? = nil, actor: UInt64
  ) throws(RecordError) {
    let texts = [purpose, source, textVersion, legalBasis ?? ""]
    guard !purpose.isEmpty, texts.allSatisfy({ $0.utf8.count <= ConsentChange.textLimit }) else {
      throw RecordError(
        .unusableValue, "purpose, source and text version of a consent take at most 256 bytes each")
    }
    self.purpose = purpose
    self.state = state
    self.time = time
    self.source = source
    self.textVersion = textVersion
    self.legalBasis = legalBasis
    self.actor = actor
  }
}
