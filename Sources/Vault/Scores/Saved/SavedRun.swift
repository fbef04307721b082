internal import AuditLog
public import Scoring
internal import Sodium

/// A saved run of scores: what it computed, of whom, and under which purpose, policy and norms.
public struct SavedRun: Sendable, Hashable {
  /// What its blocks are of.
  let id: BlockAddress.Object
  /// The name, unique within the vault.
  public let name: String
  /// The model's name.
  public let model: String
  /// The model's version.
  public let modelVersion: Int
  /// The days that were looked at; the last is the as-of date.
  public let window: Window
  /// How events became factors, in words.
  public let definitions: String
  /// The purpose that it was computed for, and that it may be read for.
  public let purpose: String
  /// The hash of the policy that was in force, in hex.
  public let policy: String
  /// The name of the norms that it was held against, or nil.
  public let norms: String?
  /// What is kept of each customer, in the order of the slot.
  public let columns: [String]
  /// How many customers have scores in it.
  public let customers: UInt64
  /// Customers without scores, by reason.
  public let excluded: [String: UInt64]
  /// When it was saved, in seconds since 1970.
  public let time: Int64
  /// The index of the entry that announced the run.
  public let entry: UInt64

  /// The most columns of a run.
  static let columnLimit = 64

  /// Whether a name is 1 to 64 letters, digits, dots, hyphens and underscores, the first a letter or digit.
  public static func isName(_ name: String) -> Bool {
    let letters = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    return letters && (1...64).contains(name.utf8.count) && name.first != "." && name.first != "-"
  }

  /// The slots of the run.
  var series: SlotSeries {
    SlotSeries(.score, .scores, object: id, contentCount: SavedScoresSlot.byteCount(columns: columns.count))
  }

  /// The place of a column, or nil.
  public func place(of column: String) -> Int? { columns.firstIndex(of: column) }

  /// The column that runs are compared by unless another is named: the first of the article's scores, else the last
  /// column, which is the model's result.
  public var mainColumn: String {
    columns.first { Score(rawValue: $0) != nil } ?? columns.last ?? ""
  }
}

extension SavedRun {
  /// Reads what the catalogue says.
  init(id: BlockAddress.Object, _ json: JSONValue) throws(VaultError) {
    guard let name = json["name"]?.string, Self.isName(name), let model = json["model"]?.string,
      let version = json["model_version"]?.integer,
      let through = json["as_of"]?.string.flatMap(LocalDay.init),
      let definitions = json["definitions"]?.string, let purpose = json["purpose"]?.string,
      let policy = json["policy"]?.string, let columns = json["columns"]?.array?.compactMap(\.string),
      (1...Self.columnLimit).contains(columns.count), let customers = json["customers"]?.integer,
      customers >= 0,
      let time = json["time"]?.integer, let entry = json["entry"]?.string.flatMap(UInt64.init),
      let excluded = json["excluded"]?.object
    else { throw Self.malformed }
    var window = Window(through: through)
    if let from = json["from"]?.string.flatMap(LocalDay.init) {
      guard let bounded = try? Window(from: from, through: through) else { throw Self.malformed }
      window = bounded
    }
    self.init(
      id: id, name: name, model: model, modelVersion: Int(version), window: window, definitions: definitions,
      purpose: purpose, policy: policy, norms: json["norms"]?.string, columns: columns,
      customers: UInt64(customers),
      excluded: Dictionary(excluded.members.map { ($0.key, UInt64(max($0.value.integer ?? 0, 0))) }) { $1 },
      time: time, entry: entry)
  }

  /// What the catalogue says.
  var json: JSONValue {
    var json: JSONValue = [
      "name": .string(name), "model": .string(model), "model_version": .integer(Int64(modelVersion)),
      "as_of": .string(window.through.description), "definitions": .string(definitions),
      "purpose": .string(purpose), "policy": .string(policy), "columns": .array(columns.map { .string($0) }),
      "customers": .integer(Int64(customers)), "time": .integer(time), "entry": .string(String(entry)),
    ]
    var object = json.object ?? JSONObject()
    object["excluded"] = .object(
      excluded.reduce(into: JSONObject()) { $0[$1.key] = .integer(Int64($1.value)) })
    if let from = window.from { object["from"] = .string(from.description) }
    if let norms { object["norms"] = .string(norms) }
    json = .object(object)
    return json
  }

  private static var malformed: VaultError {
    VaultError(.integrity, "the catalogue of saved scores does not decode")
  }
}

/// What a slot of a saved run holds: a bit a column, the lowest first, then each column as IEEE 754 binary64, zeros where
/// there is no number.
enum SavedScoresSlot {
  /// Bytes of content.
  static func byteCount(columns: Int) -> Int { (columns + 7) / 8 + 8 * columns }

  /// Replaces `out` by the content.
  static func encode(_ columns: Int, _ value: (Int) -> Double?, into out: inout WipedBytes) {
    let maskCount = (columns + 7) / 8
    for byte in 0..<maskCount {
      var mask: UInt8 = 0
      for bit in 0..<8 where 8 * byte + bit < columns && value(8 * byte + bit) != nil {
        mask |= 1 << UInt8(bit)
      }
      out.append(mask)
    }
    for column in 0..<columns { out.append(fixed64: value(column)?.bitPattern ?? 0) }
  }

  /// A column's number, or nil.
  static func value(_ column: Int, of columns: Int, in content: Span<UInt8>) -> Double? {
    guard column < columns, content[column / 8] & 1 << UInt8(column % 8) != 0 else { return nil }
    let start = (columns + 7) / 8 + 8 * column
    return Double(bitPattern: (start..<start + 8).reduce(0) { $0 << 8 | UInt64(content[$1]) })
  }
}
