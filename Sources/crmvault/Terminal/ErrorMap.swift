import Anonymization
import AuditLog
import DisclosureRisk
import Ingest
import Release
import Scoring
import Sodium
import Vault

/// The one map from the libraries' errors to what a command says and exits with.
extension VaultError: CommandError {
  /// The fault, its hint and its exit code.
  var commandFailure: CommandFailure {
    let exit: ExitCode =
      switch code {
      case .integrity: .integrity
      case .notPermitted, .wrongPassphrase, .approvalRequired, .legalHold, .suppressed: .notPermitted
      case .notFound: .missing
      case .exists: .exists
      case .badInput: .badInput
      case .usage: .usage
      case .configuration: .configuration
      case .io, .full: .inputOutput
      case .busy: .busy
      case .unavailable, .notCosigned: .unavailable
      default: .bug
      }
    var failure = CommandFailure(code.description, reason, hints: hint.map { [$0] } ?? [], exit: exit)
    failure.request = request.map { String($0) }
    return failure
  }
}

extension StoreError: CommandError {
  /// The fault, its hint and its exit code.
  var commandFailure: CommandFailure {
    switch code {
    case .notFound:
      CommandFailure(
        "not_found", "no vault: \(reason)", hint: "crmvault init makes one; --vault names another",
        exit: .missing)
    case .exists: CommandFailure("exists", reason, exit: .exists)
    case .busy:
      CommandFailure("busy", "the vault is in use: \(reason)", hint: "try again in a moment", exit: .busy)
    case .full:
      CommandFailure("full", "the disk is full: \(reason)", hint: "free some space", exit: .inputOutput)
    case .io: CommandFailure("io", "the vault cannot be read or written: \(reason)", exit: .inputOutput)
    case .corrupt, .missing:
      CommandFailure(
        "integrity", "the vault's file is damaged or was tampered with: \(reason)",
        hint: "keep a copy as evidence before anything else", exit: .integrity)
    case .newerFormat:
      CommandFailure(
        "newer_format", "the vault was written by a newer crmvault: \(reason)", hint: "install that version",
        exit: .configuration)
    default: CommandFailure("configuration", reason, hint: "crmvault doctor tells more", exit: .configuration)
    }
  }
}

extension WardenError: CommandError {
  /// The fault, its hint and its exit code.
  var commandFailure: CommandFailure {
    switch code {
    case .missing:
      CommandFailure(
        "warden_missing", "the file of customer keys is missing: \(reason)",
        hint: "put it back from its backup, or name it with --warden", exit: .configuration)
    case .erased:
      // No word of a backup: an old copy of the file would undo the erasure.
      CommandFailure(
        "integrity", "the vault has a record whose key was erased: \(reason)",
        hint: "keep a copy as evidence and tell the privacy officer", exit: .integrity)
    case .integrity:
      CommandFailure(
        "integrity", "the file of customer keys does not verify: \(reason)",
        hint: "put the latest backup of it back", exit: .integrity)
    case .notPermitted: CommandFailure("not_permitted", reason, exit: .notPermitted)
    case .exists: CommandFailure("exists", reason, exit: .exists)
    case .full: CommandFailure("full", reason, hint: "free some space", exit: .inputOutput)
    case .io: CommandFailure("io", reason, exit: .inputOutput)
    case .busy: CommandFailure("busy", reason, hint: "try again in a moment", exit: .busy)
    default: CommandFailure("configuration", reason, exit: .configuration)
    }
  }
}

extension RecordError: CommandError {
  /// The fault and its exit code: a record that does not open as what it should be was tampered with.
  var commandFailure: CommandFailure { VaultError(self).commandFailure }
}

extension LogError: CommandError {
  /// The fault and its exit code.
  var commandFailure: CommandFailure {
    code == .inputOutput
      ? CommandFailure("io", reason, exit: .inputOutput)
      : CommandFailure("integrity", reason, exit: .integrity)
  }
}

extension SodiumError: CommandError {
  /// The fault and its exit code.
  var commandFailure: CommandFailure {
    code == .outOfMemory
      ? CommandFailure("out_of_memory", reason, exit: .inputOutput)
      : CommandFailure("integrity", reason, exit: .integrity)
  }
}

extension IngestError: CommandError {
  /// The fault with file, line and field, its hint and its exit code.
  var commandFailure: CommandFailure {
    var place = file ?? ""
    if let line { place += "\(place.isEmpty ? "line " : ":")\(line)" }
    if let field { place += "\(place.isEmpty ? "" : ": ")\(field)" }
    let exit: ExitCode = code == .inputOutput ? .inputOutput : .badInput
    return CommandFailure(
      "\(code)", place.isEmpty ? reason : "\(place): \(reason)", hints: hint.map { [$0] } ?? [], exit: exit)
  }
}

extension ScoringError: CommandError {
  /// The fault and its exit code: what a person asked for, or a bug.
  var commandFailure: CommandFailure {
    switch code {
    case .ordinalOutOfOrder, .blocksDisagree: .bug("\(self)")
    case .invalidMinorDigits: CommandFailure(code.rawValue, "\(self)", exit: .configuration)
    case .notFitted, .noReference, .missingFactor, .scoreOutOfRange, .ratingOffScale:
      CommandFailure(code.rawValue, "\(self)", exit: .badInput)
    default: CommandFailure(code.rawValue, "\(self)", exit: .usage)
    }
  }
}

extension AnonymizationError: CommandError {
  /// The fault with its column, its hint and its exit code: what a person or a table asks for.
  var commandFailure: CommandFailure {
    CommandFailure(
      "\(code)", (column.map { "column \($0): " } ?? "") + reason, hints: hint.map { [$0] } ?? [],
      exit: code == .budgetExhausted ? .notPermitted : .badInput)
  }
}

extension RiskError: CommandError {
  /// The fault with its column and its exit code.
  var commandFailure: CommandFailure {
    CommandFailure("\(code)", (column.map { "column \($0): " } ?? "") + reason, exit: .badInput)
  }
}

extension ReleaseError: CommandError {
  /// The fault with file and field, its hint and its exit code: 70 where the two measurements differ.
  var commandFailure: CommandFailure {
    CommandFailure(
      "\(code)", [file, field, reason].compactMap(\.self).joined(separator: ": "),
      hints: hint.map { [$0] } ?? [],
      exit: code == .measuredDifferently ? .bug : .badInput)
  }
}
