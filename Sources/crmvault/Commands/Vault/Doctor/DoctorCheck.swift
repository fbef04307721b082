/// One thing that `doctor` looked at.
struct DoctorCheck: Sendable, Equatable {
  /// How it stands.
  enum Verdict: String, Sendable {
    /// As it should be.
    case ok
    /// Weaker than it could be.
    case warn
    /// Not as the vault needs it.
    case fail
    /// Could not be looked at.
    case skip
  }

  /// The check's name, a stable `snake_case` word.
  let name: String
  /// How it stands.
  let verdict: Verdict
  /// What was seen.
  let text: String
  /// What to do, or nil.
  let hint: String?

  /// A finding.
  init(_ name: String, _ verdict: Verdict, _ text: String, hint: String? = nil) {
    self.name = name
    self.verdict = verdict
    self.text = text
    self.hint = hint
  }
}

/// Where `doctor` looks.
struct DoctorPlace: Sendable {
  /// The vault's folder.
  let vault: String
  /// The keyring folder.
  let keyring: String
  /// The file of customer keys.
  let warden: String
  /// The folder of this machine's memory; nil where nothing says where it is.
  let state: String?
}
