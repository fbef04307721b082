import AuditLog
import Sodium
import Vault

/// Writes entries in the Common Event Format (Micro Focus ArcSight, "Common Event Format Implementation Standard",
/// version 26), an event a line.
///
/// In the header `\` and `|` are escaped and ends of line become spaces; in the extension `\`, `=` and ends of line
/// are escaped. Other control characters become spaces: no text begins an event of its own.
struct CEFWriter: ~Copyable {
  private static let capacity = 65_536

  private let output: OutputChannel
  private var buffer = WipedBytes(capacity: CEFWriter.capacity + 4096)
  private var isFirst = true

  /// A writer to a channel.
  init(to output: OutputChannel) { self.output = output }

  /// Writes an entry's event.
  mutating func write(_ entry: LogEntry, _ source: EventSource) throws(CommandFailure) {
    buffer.append(copying: Self.line(entry, source).utf8)
    if buffer.count >= Self.capacity { try finish() }
  }

  /// Writes what is left.
  mutating func finish() throws(CommandFailure) {
    try output.write(buffer)
    buffer.removeAll()
  }

  /// An entry's line, with its end.
  static func line(_ entry: LogEntry, _ source: EventSource) -> String {
    let (what, who) = (entry.what, entry.who)
    let header = [
      "crmvault", "crmvault", source.version, what.action, name(what), "\(EventSeverity(entry).cef)",
    ]
    var fields: [(String, String?)] = [
      ("rt", "\(entry.envelope.time.nanoseconds / 1_000_000)"), ("externalId", "\(entry.envelope.seq)"),
      ("deviceExternalId", source.vaultID), ("dvchost", source.vault), ("cat", entry.envelope.kind.rawValue),
      ("act", what.action), ("outcome", what.outcomeName), ("suser", who.actor), ("suid", who.key),
      ("spriv", who.role), ("shost", who.origin),
    ]
    if case .error(let code) = what.outcome { fields.append(("reason", code)) }
    let strings = [
      ("purpose", what.purpose), ("legalBasis", what.legalBasis), ("subject", what.subject),
      ("dataClasses", list(what.object.classes)), ("fields", list(what.object.fields)),
      ("ticket", who.ticket),
    ]
    for (index, (label, value)) in strings.enumerated() where value != nil {
      fields.append(("cs\(index + 1)Label", label))
      fields.append(("cs\(index + 1)", value))
    }
    let numbers = [("setCount", what.set?.count), ("count", what.count), ("ref", what.ref)]
    for (index, (label, value)) in numbers.enumerated() {
      guard let value else { continue }
      fields.append(("cn\(index + 1)Label", label))
      fields.append(("cn\(index + 1)", "\(value)"))
    }
    fields += [
      ("flexString1Label", what.phase == nil ? nil : "phase"), ("flexString1", what.phase?.rawValue),
      ("flexString2Label", "session"), ("flexString2", who.session),
      ("fileHash", Base64.encode(MerkleTree.leafHash(entry.envelopeBytes).bytes)),
    ]
    let tail = fields.compactMap { key, value in value.map { "\(key)=\(escapedValue($0))" } }
    return "CEF:0|" + header.map(escapedHeader).joined(separator: "|") + "|" + tail.joined(separator: " ")
      + "\n"
  }

  private static func name(_ what: WhatPart) -> String {
    what.action + (what.phase.map { " \($0.rawValue)" } ?? "") + " " + what.outcomeName
  }

  private static func list(_ names: [String]) -> String? {
    names.isEmpty ? nil : names.joined(separator: ",")
  }

  private static func escapedHeader(_ text: String) -> String {
    escaped(text) { $0 == "|" ? "\\|" : isEndOfLine($0) ? " " : nil }
  }

  private static func escapedValue(_ text: String) -> String {
    escaped(text) { scalar in
      switch scalar {
      case "=": "\\="
      case "\r": "\\r"
      case _ where isEndOfLine(scalar): "\\n"
      default: nil
      }
    }
  }

  private static func escaped(_ text: String, _ special: (Unicode.Scalar) -> String?) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if scalar == "\\" {
        result += "\\\\"
      } else if let replacement = special(scalar) {
        result += replacement
      } else if VisibleText.isUnsafe(scalar) {
        result += " "
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isEndOfLine(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\n", "\r", "\u{0B}", "\u{0C}", "\u{85}", "\u{2028}", "\u{2029}": true
    default: false
    }
  }
}
