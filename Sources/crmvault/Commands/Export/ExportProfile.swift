import Anonymization
import Release
import Sodium
import Vault

/// The profile of an export: a file, or one that is built in.
struct ExportProfile {
  /// The profile that is used where none is named.
  static let standard = "default"

  /// What the built-in profile says.
  static let standardText = """
    # What is handed out unless a profile says otherwise. Behavior is in bands: a raw figure tells one person from all
    # others. `crmvault export anonymized --profile FILE` takes your own.
    columns:
      birth_year: {role: quasi, hierarchy: {intervals: [5, 10, 20, 40], from: 1900}}
      gender:     {role: quasi}
      city:       {role: quasi}
      tier:       {role: quasi}
      frequency:  {role: [quasi, sensitive], bands: {quantiles: 5}}
      recency:    {role: [quasi, sensitive], bands: {quantiles: 5}}
      amount:     {role: sensitive, bands: {quantiles: 10}, distance: ordered}
    privacy: {k: 5, l: 3, suppress: 0.02}
    recoding: local

    """

  /// The name as it was given: `default` or a path.
  let name: String
  /// The profile's text.
  let text: String
  /// The profile as it is used.
  var profile: ReleaseProfile

  /// Reads the profile of this name, with limits in place of its own.
  ///
  /// A figure of behavior that has neither bands nor a hierarchy gets five bands.
  init(_ name: String, _ limits: LimitOptions) throws {
    self.name = name
    let isStandard = name == Self.standard && !TextFile.exists(name)
    if !isStandard, !TextFile.exists(name), !name.contains("/"), !name.contains(".") {
      throw CommandFailure.usage(
        "unknown_profile", "there is no profile and no file \(name)",
        hints: "the built-in one is \(Self.standard); or name a YAML file")
    }
    text = isStandard ? Self.standardText : try TextFile.read(name, limit: ProfileFile.longestFile)
    var profile = try limits.applied(
      to: try ProfileSource.parse(text, path: isStandard ? "the profile" : name))
    for index in profile.columns.indices {
      guard ExportColumn.behavior.contains(profile.columns[index].name), profile.columns[index].bands == nil,
        case .flat = profile.columns[index].hierarchy
      else { continue }
      profile.columns[index].bands = .quantiles(5)
    }
    if let person = profile.columns.first(where: { $0.roles.contains(.person) }) {
      throw CommandFailure.badInput(
        "bad_profile", "column \(person.name): the role person is for tables; here a row is a customer")
    }
    profile.columns.removeAll { $0.roles.contains(.identifier) }
    self.profile = profile
  }

  /// The columns that are read. A customer without a number that goes into bands or intervals, or without a date, is
  /// left out; an empty text is a value.
  var columns: [ExportPlan.Wanted] {
    profile.columns.map { column in
      let isMeasured =
        switch column.hierarchy {
        case .intervals, .dates: true
        default: column.bands != nil
        }
      return ExportPlan.Wanted(column.name, isRequired: isMeasured)
    }
  }

  /// SHA-256 of the text, in hex.
  var sha256: String { Hex.encode(SHA256.hash(Array(text.utf8)).bytes) }
}
