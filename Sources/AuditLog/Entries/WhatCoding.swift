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
