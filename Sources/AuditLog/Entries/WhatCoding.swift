import Sodium

extension WhatPart {
  /// The plain bytes: canonical JSON.
  ///
  /// Written member by member in the order of RFC 8785: a commit of a thousand entries spends its time here.
  public func encoded() throws(LogError) -> [UInt8] {
    var form = CanonicalObject(capacity: 512)
    form.member("action", action)
    if let count { form.member("count", count) }
    if let details { try form.member("details", details) }
    if case .error(let code) = outcome { form.member("error", code) }
    if let legalBasis { form.member("legal_basis", legalBasis) }
    form.object("object") { names in
      names.member("classes", object.classes)
      names.member("fields", object.fields)
    }
    switch outcome {
    case .allowed: form.member("outcome", "allowed")
    case .denied: form.member("outcome", "denied")
    case .error: form.member("outcome", "error")
    }
    if let phase { form.member("phase", phase.rawValue) }
    if let policy { form.member("policy", policy) }
    if let purpose { form.member("purpose", purpose) }
    if let ref { form.member("ref", ref) }
    form.member("salt", salt)
    switch subjects {
    case .set(let reference):
      form.object("set") { set in
        set.member("count", reference.count)
        set.member("directory", reference.directory)
        set.member("root", reference.root)
        set.member("universe", reference.universe)
      }
    case .one(let pseudonym): form.member("subject", pseudonym)
    case nil: break
    }
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
    let action = members.text("action")
    count = members.number("count")
    details = members.value("details")
    let error = members.text("error")
    legalBasis = members.text("legal_basis")
    let object = members.object("object") { names in
      names.texts("classes").flatMap { classes in
        names.texts("fields").map { Object(classes: classes, fields: $0) }
      }
    }
    let outcome = members.text("outcome")
    let phase = members.text("phase")
    policy = members.digest("policy")
    purpose = members.text("purpose")
    ref = members.number("ref")
    let salt = members.digest("salt")
    let set = members.object("set") { SetReference(&$0) }
    let subject = members.text("subject")
    guard members.finish(), let action, let object, let salt, set == nil || subject == nil else { return nil }
    self.action = action
    self.object = object
    self.salt = salt
    self.phase = phase.flatMap { Phase(rawValue: $0) }
    guard phase == nil || self.phase != nil else { return nil }
    switch (outcome, error) {
    case ("allowed", nil): self.outcome = .allowed
    case ("denied", nil): self.outcome = .denied
    case ("error", let code?): self.outcome = .error(code: code)
    default: return nil
    }
    subjects = set.map(Subjects.set) ?? subject.map(Subjects.one)
  }

  /// Reads canonical JSON of any text, and says what is wrong with it.
  init(parsing bytes: [UInt8]) throws(LogError) {
    var fields = try ObjectFields(try CanonicalJSON.parseCanonical(bytes), "what")
    salt = try fields.digest("salt")
    action = try fields.string("action")
    purpose = try fields.optionalString("purpose")
    legalBasis = try fields.optionalString("legal_basis")
    subjects = try Self.subjects(&fields)
    var names = try ObjectFields(fields.optional("object") ?? .null, "object")
    object = Object(classes: try names.strings("classes"), fields: try names.strings("fields"))
    try names.finish()
    count = try fields.optionalNumber("count")
    outcome = try Self.outcome(&fields)
    phase = try Self.phase(&fields)
    ref = try fields.optionalNumber("ref")
    policy = try fields.optionalDigest("policy")
    details = fields.optional("details")
    try fields.finish()
  }

  private static func subjects(_ fields: inout ObjectFields) throws(LogError) -> Subjects? {
    let subject = try fields.optionalString("subject")
    guard let set = fields.optional("set") else { return subject.map(Subjects.one) }
    guard subject == nil else { throw LogError(.malformed, "what names both a subject and a set") }
    return .set(try SetReference(set))
  }

  private static func outcome(_ fields: inout ObjectFields) throws(LogError) -> Outcome {
    switch try fields.string("outcome") {
    case "allowed": return .allowed
    case "denied": return .denied
    case "error": return .error(code: try fields.string("error"))
    default: throw fields.malformed("outcome")
    }
  }

  private static func phase(_ fields: inout ObjectFields) throws(LogError) -> Phase? {
    guard let text = try fields.optionalString("phase") else { return nil }
    guard let phase = Phase(rawValue: text) else { throw fields.malformed("phase") }
    return phase
  }
}
