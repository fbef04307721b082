import Anonymization
import AuditLog
import DisclosureRisk
import Release

/// What a receipt says of a file: how it was recoded, and what was measured of it. Numbers that are not whole are decimal
/// strings, as canonical JSON has no fractions.
enum ReleaseBody {
  /// The body of a recoded file.
  static func make(
    _ profile: ExportProfile, _ plan: ReleasePlan, _ written: WrittenRelease, format: ReleaseFormat
  ) -> JSONObject {
    var body = file(written.file, format: format.rawValue)
    body["profile"] = .object([
      "name": .string(profile.name), "sha256": .string(profile.sha256),
      "columns": .array(plan.profile.columns.map(column)),
    ])
    body["constraints"] = .object(constraints(plan.profile))
    body["measured"] = .object(measured(written.measures))
    return body
  }

  /// What is said of any file.
  static func file(_ file: FilledDraft, format: String) -> JSONObject {
    [
      "sha256": .string(file.sha256), "plain_sha256": .string(file.plainSHA256),
      "plain_bytes": .string(String(file.plainBytes)), "format": .string(format),
      "encrypted": .bool(file.isEncrypted),
    ]
  }

  private static func column(_ column: ReleaseProfile.Column) -> JSONValue {
    let roles = ReleaseProfile.Role.allCases.filter(column.roles.contains).map {
      JSONValue.string($0.rawValue)
    }
    return ["name": .string(column.name), "roles": .array(roles)]
  }

  static func constraints(_ profile: ReleaseProfile) -> JSONObject {
    var object: JSONObject = [
      "k": .integer(Int64(profile.k)), "suppress": decimal(profile.suppression),
      "mode": .string(profile.mode.rawValue),
    ]
    for diversity in profile.diversity {
      switch diversity {
      case .distinct(let l): object["l"] = .integer(Int64(l))
      case .entropy(let l): object["entropy_l"] = decimal(l)
      case .recursive(let c, let l): object["recursive"] = ["c": decimal(c), "l": .integer(Int64(l))]
      }
    }
    if let t = profile.t { object["t"] = decimal(t) }
    return object
  }

  /// What was measured.
  static func measured(_ measures: RiskMeasures) -> JSONObject {
    var object: JSONObject = [
      "rows": .integer(Int64(measures.rows)), "classes": .integer(Int64(measures.classes)),
      "k": .integer(Int64(measures.k)), "average_class": decimal(measures.averageClass),
      "uniques": .integer(Int64(measures.uniques)),
      "risk": [
        "prosecutor_max": decimal(measures.risk.prosecutorMax),
        "prosecutor_mean": decimal(measures.risk.prosecutorMean),
        "journalist_max": decimal(measures.risk.journalistMax), "marketer": decimal(measures.risk.marketer),
        "homogeneous_share": decimal(measures.risk.homogeneousShare),
      ],
    ]
    if let l = measures.l { object["l"] = .integer(Int64(l)) }
    let others: [(String, Double?)] = [
      ("entropy_l", measures.entropyL), ("recursive_c", measures.recursiveC), ("t", measures.t),
      ("alpha", measures.alpha), ("beta", measures.beta), ("delta", measures.delta),
    ]
    for (name, value) in others { if let value { object[name] = decimal(value) } }
    if let loss = measures.loss {
      object["ncp"] = decimal(loss.certaintyPenalty)
      object["discernibility"] = decimal(loss.discernibility)
      object["suppressed"] = .integer(Int64(loss.suppressed))
    }
    return object
  }

  private static func decimal(_ number: Double) -> JSONValue {
    .string(number == number.rounded() && number.magnitude < 1e15 ? String(Int64(number)) : "\(number)")
  }
}
