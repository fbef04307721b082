import Sodium

extension WhatPart {
  /// The plain bytes: canonical JSON.
  public func encoded() throws(LogError) -> [UInt8] {
    var fields: JSONObject = [
      "salt": .digest(salt), "action": .string(action),
      "object": [
        "classes": .array(object.classes.map(JSONValue.string)),
        "fields": .array(object.fields.map(JSONValue.string)),
      ],
    ]
    fields["purpose"] = purpose.map(JSONValue.string)
    fields["legal_basis"] = legalBasis.map(JSONValue.string)
    switch subjects {
    case .one(let pseudonym): fields["subject"] = .string(pseudonym)
    case .set(let reference): fields["set"] = reference.json
    case nil: break
    }
    fields["count"] = count.map(JSONValue.number)
    switch outcome {
    case .allowed: fields["outcome"] = "allowed"
    case .denied: fields["outcome"] = "denied"
    case .error(let code):
      fields["outcome"] = "error"
      fields["error"] = .string(code)
    }
    fields["phase"] = phase.map { .string($0.rawValue) }
    fields["ref"] = ref.map(JSONValue.number)
    fields["policy"] = policy.map(JSONValue.digest)
    fields["details"] = details
    return try CanonicalJSON.encode(.object(fields))
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
