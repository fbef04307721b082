public import AuditLog

/// An entry with both parts opened: what an auditor reads.
public struct LogEntry: Sendable {
  /// The public half.
  public let envelope: Envelope
  /// What was done.
  public let what: WhatPart
  /// Who did it.
  public let who: WhoPart
  /// The exact bytes of the envelope: the leaf of the tree.
  public let envelopeBytes: [UInt8]
  /// The exact bytes of *what*, whose SHA-256 the envelope names.
  public let whatBytes: [UInt8]
  /// The exact bytes of *who*, whose SHA-256 the envelope names.
  public let whoBytes: [UInt8]

  /// Every field of envelope, *what* and *who* in one object.
  ///
  /// `what` and `who` stay the envelope's hashes of the parts; the parts' salts are `what_salt` and `who_salt`.
  /// Numbers that the bytes write as decimal strings are numbers here, but for `mono`, which the format has as a
  /// string.
  public var fields: JSONObject {
    var all = Self.object(envelopeBytes)
    var what = Self.object(whatBytes)
    var who = Self.object(whoBytes)
    all["what_salt"] = what["salt"]
    all["who_salt"] = who["salt"]
    what["salt"] = nil
    who["salt"] = nil
    for member in what.members + who.members where all[member.key] == nil { all[member.key] = member.value }
    for key in ["seq", "count", "ref"] { all[key] = all[key].map(Self.number) }
    if case .object(var set)? = all["set"] {
      for key in ["universe", "count", "directory"] { set[key] = set[key].map(Self.number) }
      all["set"] = .object(set)
    }
    let erased = [Statement.LogPart.what, .who].filter { lacks($0) }.map { JSONValue.string($0.rawValue) }
    if !erased.isEmpty { all["erased"] = .array(erased) }
    return all
  }

  private static func object(_ bytes: [UInt8]) -> JSONObject {
    // The bytes were decoded before: they are an object.
    (try? CanonicalJSON.parseCanonical(bytes))?.object ?? JSONObject()
  }

  private static func number(_ value: JSONValue) -> JSONValue {
    guard let number = value.string.flatMap({ Int64($0) }), number <= JSONValue.integerLimit else {
      return value
    }
    return .integer(number)
  }
}
