public import Sodium

/// The part of an entry that says who acted. It has its own salt and ciphertext, so that the rest can be shown
/// without it.
public struct WhoPart: Hashable, Sendable {
  /// 32 random bytes: the part's hash must not be guessable.
  public var salt: Digest32
  /// The name of the user.
  public var actor: String
  /// The key id of the user: 16 lower-case hex digits.
  public var key: String
  /// The role in which the user acted.
  public var role: String
  /// The session.
  public var session: String
  /// The host or address.
  public var origin: String
  /// A reference of the case, where there is one.
  public var ticket: String?
  /// Nanoseconds of a clock that only moves forward from boot on, to see jumps of the other one.
  public var mono: UInt64

  /// A part of these fields, with a salt of its own by default.
  public init(
    salt: Digest32 = .randomSalt(), actor: String, key: String, role: String, session: String, origin: String,
    ticket: String? = nil, mono: UInt64
  ) {
    self.salt = salt
    self.actor = actor
    self.key = key
    self.role = role
    self.session = session
    self.origin = origin
    self.ticket = ticket
    self.mono = mono
  }

  /// The plain bytes: canonical JSON.
  public func encoded() throws(LogError) -> [UInt8] {
    var form = CanonicalObject(capacity: 320)
    form.member("actor", actor)
    form.member("key", key)
    form.member("mono", mono)
    form.member("origin", origin)
    form.member("role", role)
    form.member("salt", salt)
    form.member("session", session)
    if let ticket { form.member("ticket", ticket) }
    return form.finish()
  }

  /// Reads the plain bytes.
  ///
  /// - Throws: `malformed`, `unknownField`, `notCanonical`.
  public init(decoding bytes: [UInt8]) throws(LogError) {
    if let part = Self(form: bytes) {
      self = part
    } else {
      try self.init(parsing: bytes)
    }
  }

  /// Reads what `encoded()` writes, in plain ASCII; nil for anything else, which `init(parsing:)` then judges.
  init?(form bytes: [UInt8]) {
    var members = CanonicalMembers(bytes)
    guard let actor = members.text("actor"), let key = members.text("key"), Self.isKeyID(key),
      let mono = members.number("mono"), let origin = members.text("origin"), let role = members.text("role"),
      let salt = members.digest("salt"), let session = members.text("session")
    else { return nil }
    let ticket = members.text("ticket")
    guard members.finish() else { return nil }
    self.init(
      salt: salt, actor: actor, key: key, role: role, session: session, origin: origin, ticket: ticket,
      mono: mono)
  }

  private static func isKeyID(_ key: String) -> Bool {
    key.utf8.count == 16 && key.utf8.allSatisfy { Ascii.isLowerHex($0) }
  }

  /// Reads canonical JSON of any text, and says what is wrong with it.
  init(parsing bytes: [UInt8]) throws(LogError) {
    var fields = try ObjectFields(try CanonicalJSON.parseCanonical(bytes), "who")
    salt = try fields.digest("salt")
    actor = try fields.string("actor")
    key = try fields.string("key")
    role = try fields.string("role")
    session = try fields.string("session")
    origin = try fields.string("origin")
    ticket = try fields.optionalString("ticket")
    mono = try fields.number("mono")
    guard Self.isKeyID(key) else {
      throw fields.malformed("key")
    }
    try fields.finish()
  }
}

extension Digest32 {
  /// 32 random bytes for a part.
  public static func randomSalt() -> Digest32 {
    unsafe Digest32 { out in unsafe SecureRandom.rawFill(out, count: 32) }
  }
}
