internal import Anonymization
internal import Yams

/// Reads profiles.
///
/// ```yaml
/// columns:                      # a column that is not named does not leave
///   birth_year: {role: quasi, hierarchy: {intervals: [5, 10, 20, 40], from: 1900}}
///   income:     {role: quasi, hierarchy: {bounds: [[10000, 20000, 50000], [20000]]}}
///   postcode:   {role: quasi, hierarchy: {mask: right}, weight: 2}
///   occupation: {role: quasi, hierarchy: occupation.csv}
///   product:    {role: quasi, hierarchy: {prefix: "/"}}
///   region:     {role: quasi, hierarchy: {tree: {north: [kiel, bremen], south: [ulm, passau]}}}
///   month:      {role: quasi, hierarchy: {dates: [month, quarter, year]}}
///   loyalty:    {role: [quasi, sensitive], bands: {quantiles: 5}}
///   salary:     {role: sensitive, l: {entropy: 2.5}, t: 0.3, distance: ordered}
///   account:    {role: person}
/// privacy: {k: 5, l: 3, t: 0.4, suppress: 0.02}
/// recoding: local
/// ```
public struct ProfileFile {
  /// The longest profile.
  public static let longestFile = 1024 * 1024

  let file: String
  let readFile: (String) throws -> String

  /// Reads a profile.
  ///
  /// - Parameters:
  ///   - yaml: the profile's text.
  ///   - file: its name, for messages.
  ///   - readFile: gives the text of a hierarchy file by the name that the profile has for it.
  public static func parse(
    yaml: String, file: String, readFile: (String) throws -> String
  ) throws -> ReleaseProfile {
    try withoutActuallyEscaping(readFile) { readFile in
      try ProfileFile(file: file, readFile: readFile).profile(yaml)
    }
  }

  private func profile(_ yaml: String) throws -> ReleaseProfile {
    guard yaml.utf8.count <= Self.longestFile else {
      throw ReleaseError(.badProfile, file: file, reason: "a profile is at most 1 MiB long")
    }
    let node: Node?
    do { node = try Yams.compose(yaml: yaml) } catch {
      throw ReleaseError(.badProfile, file: file, reason: "not valid YAML: \(error)")
    }
    guard let node else { throw ReleaseError(.badProfile, file: file, reason: "the file is empty") }
    let root = try entries(node, "the file", allowed: ["columns", "privacy", "recoding"])
    guard let columnsNode = root["columns"] else {
      throw fault("columns", "is missing: a column that is not named does not leave")
    }
    var profile = ReleaseProfile(columns: [])
    for (name, node) in try pairs(columnsNode, "columns") { profile.columns.append(try column(name, node)) }
    if let node = root["privacy"] { try privacy(node, &profile) }
    if let node = root["recoding"] {
      profile.mode = try choice(node, "recoding", RecodingMode.allCases.map { ($0.rawValue, $0) })
    }
    try profile.check(file: file)
    return profile
  }

  private func privacy(_ node: Node, _ profile: inout ReleaseProfile) throws {
    let limits = try entries(node, "privacy", allowed: ["k", "l", "t", "suppress"])
    if let node = limits["k"] { profile.k = try number(node, "privacy.k", 0...1_000_000_000) }
    if let node = limits["l"] { profile.diversity = try diversity(node, "privacy.l") }
    if let node = limits["t"] { profile.t = try decimal(node, "privacy.t") }
    if let node = limits["suppress"] { profile.suppression = try decimal(node, "privacy.suppress") }
  }

  private func column(_ name: String, _ node: Node) throws -> ReleaseProfile.Column {
    let key = "columns.\(name)"
    let rules = try entries(
      node, key, allowed: ["role", "hierarchy", "bands", "weight", "l", "t", "distance"])
    guard let roleNode = rules["role"] else { throw fault(key, "has no role") }
    let known = ReleaseProfile.Role.allCases.map { ($0.rawValue, $0) }
    let roles: [ReleaseProfile.Role] =
      if let sequence = roleNode.sequence {
        try sequence.map { try choice($0, "\(key).role", known) }
      } else {
        [try choice(roleNode, "\(key).role", known)]
      }
    var column = ReleaseProfile.Column(name: name, roles: Set(roles))
    guard column.roles.count == 1 || column.roles == [.quasi, .sensitive] else {
      throw fault("\(key).role", "only quasi and sensitive go together")
    }
    func need(_ rule: String, _ role: ReleaseProfile.Role) throws {
      if rules[rule] != nil, !column.roles.contains(role) {
        throw fault("\(key).\(rule)", "is for columns with the role \(role.rawValue)")
      }
    }
    try need("weight", .quasi)
    if rules["hierarchy"] != nil, column.roles.isDisjoint(with: [.quasi, .sensitive]) {
      throw fault("\(key).hierarchy", "is for columns with the role quasi, or sensitive")
    }
    for rule in ["l", "t", "distance"] { try need(rule, .sensitive) }
    if let node = rules["hierarchy"] { column.hierarchy = try hierarchy(node, "\(key).hierarchy") }
    if let node = rules["bands"] { column.bands = try bands(node, "\(key).bands") }
    if column.bands != nil, rules["hierarchy"] != nil {
      throw fault("\(key).bands", "make their own hierarchy, in which neighbours merge")
    }
    if let node = rules["weight"] {
      column.weight = try decimal(node, "\(key).weight")
      guard column.weight > 0, column.weight <= 1000 else {
        throw fault("\(key).weight", "must be above 0 and at most 1000")
      }
    }
    if let node = rules["l"] { column.diversity = try diversity(node, "\(key).l") }
    if let node = rules["t"] { column.t = try decimal(node, "\(key).t") }
    if let node = rules["distance"] {
      column.distance = try choice(
        node, "\(key).distance", ReleaseProfile.DistanceRule.allCases.map { ($0.rawValue, $0) })
    }
    return column
  }

  /// `3`, `{distinct: 3}`, `{entropy: 2.5}`, `{recursive: [3, 2]}`, several together.
  private func diversity(_ node: Node, _ key: String) throws -> [Diversity] {
    if node.scalar != nil { return [.distinct(try number(node, key, 1...1_000_000))] }
    let kinds = try entries(node, key, allowed: ["distinct", "entropy", "recursive"])
    var result: [Diversity] = []
    if let node = kinds["distinct"] { result.append(.distinct(try number(node, key, 1...1_000_000))) }
    if let node = kinds["entropy"] { result.append(.entropy(try decimal(node, key))) }
    if let node = kinds["recursive"] {
      guard let pair = node.sequence, pair.count == 2 else { throw fault(key, "recursive is [c, l]") }
      result.append(.recursive(c: try decimal(pair[0], key), l: try number(pair[1], key, 1...1_000_000)))
    }
    guard !result.isEmpty else { throw fault(key, "must say at least one of distinct, entropy, recursive") }
    return result
  }

  private func bands(_ node: Node, _ key: String) throws -> Bands {
    let kinds = try entries(node, key, allowed: ["quantiles", "bounds"])
    guard kinds.count == 1 else { throw fault(key, "needs one of quantiles, bounds") }
    if let node = kinds["quantiles"] { return .quantiles(try number(node, key, 2...Bands.most)) }
    guard let node = kinds["bounds"] else { throw fault(key, "needs bounds") }
    return .bounds(try decimals(node, key))
  }
}
