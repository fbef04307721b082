import ArgumentParser
import AuditLog
import Vault

/// Where events come from, as the formats for other systems name it.
struct EventSource: Sendable {
  /// The version of OCSF whose attributes are written.
  static let ocsfVersion = "1.6.0"

  /// The program's version.
  let version: String
  /// The vault's name.
  let vault: String
  /// The vault's id, 32 hex digits.
  let vaultID: String

  /// Of a list that no other system reads.
  static let unnamed = EventSource(version: "", vault: "", vaultID: "")

  /// Of a session's vault; formats that do not say it do not ask for it.
  static func of(_ session: Session, for format: EntryFormat) throws -> EventSource {
    guard format == .ocsf || format == .cef else { return .unnamed }
    let standing = try session.standing()
    return EventSource(
      version: Crmvault.configuration.version, vault: standing.settings.name,
      vaultID: standing.vaultID.description)
  }
}

/// How grave an entry is to a system that collects events.
enum EventSeverity: Int {
  case informational = 1
  case low = 2
  case medium = 3

  /// By outcome and kind: refusals and errors, changes of rights, bulk access, the rest.
  init(_ entry: LogEntry) {
    switch entry.what.outcome {
    case .denied, .error: self = .medium
    case .allowed:
      let isBulk = (entry.what.set?.count ?? 0) > 1
      self = isBulk || entry.envelope.kind.carriesStatement ? .low : .informational
    }
  }

  /// On the scale from 0 to 10 of the Common Event Format.
  var cef: Int { rawValue * 2 }

  /// The word of OCSF.
  var name: String {
    switch self {
    case .informational: "Informational"
    case .low: "Low"
    case .medium: "Medium"
    }
  }
}
