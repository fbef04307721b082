internal import AuditLog
public import Scoring
internal import Sodium

/// What is known of frozen norms: which population they are of.
public struct SavedNorms: Sendable, Hashable {
  /// What their pieces are of.
  let id: BlockAddress.Object
  /// The name, unique within the vault.
  public let name: String
  /// The days of the population that were looked at; the last is the as-of date.
  public let window: Window
  /// The factors, in the order of the composite.
  public let factors: [String]
  /// The purpose that they were computed for, and that they may be used for.
  public let purpose: String
  /// The hash of the policy that was in force, in hex.
  public let policy: String
  /// How many customers the population has.
  public let customers: UInt64
  /// When they were frozen, in seconds since 1970.
  public let time: Int64
  /// The index of the entry that announced the run whose customers they are of.
  public let entry: UInt64
  /// How many pieces they take.
  let pieces: Int
  /// BLAKE2b-256 of their encoding, in hex.
  let digest: String
}

extension SavedNorms {
  /// Reads what the catalogue says.
  init(id: BlockAddress.Object, _ json: JSONValue) throws(VaultError) {
    guard let name = json["name"]?.string, SavedRun.isName(name),
      let through = json["as_of"]?.string.flatMap(LocalDay.init),
      let factors = json["factors"]?.array?.compactMap(\.string), let purpose = json["purpose"]?.string,
      let policy = json["policy"]?.string, let customers = json["customers"]?.integer, customers >= 0,
      let time = json["time"]?.integer, let entry = json["entry"]?.string.flatMap(UInt64.init),
      let pieces = json["pieces"]?.integer, (1...1 << 20).contains(pieces),
      let digest = json["digest"]?.string
    else { throw VaultError(.integrity, "the catalogue of norms does not decode") }
    var window = Window(through: through)
    if let from = json["from"]?.string.flatMap(LocalDay.init) {
      window = (try? Window(from: from, through: through)) ?? window
    }
    self.init(
      id: id, name: name, window: window, factors: factors, purpose: purpose, policy: policy,
      customers: UInt64(customers), time: time, entry: entry, pieces: Int(pieces), digest: digest)
  }

  /// What the catalogue says.
  var json: JSONValue {
    var object: JSONObject = [
      "name": .string(name), "as_of": .string(window.through.description),
      "factors": .array(factors.map { .string($0) }), "purpose": .string(purpose), "policy": .string(policy),
      "customers": .integer(Int64(customers)), "time": .integer(time), "entry": .string(String(entry)),
      "pieces": .integer(Int64(pieces)), "digest": .string(digest),
    ]
    if let from = window.from { object["from"] = .string(from.description) }
    return .object(object)
  }
}
