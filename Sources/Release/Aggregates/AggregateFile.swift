internal import Anonymization
internal import Yams

/// Reads lists of queries.
///
/// ```yaml
/// queries:
///   - {name: customers, count: all}
///   - {name: cities, histogram: city, cells: [Wuhan, Chengdu]}
///   - {name: often, histogram: frequency, bounds: [1, 5, 20]}
///   - {name: turnover, sum: amount, clamp: [0, 500000], group_by: {tier: [gold, silver]}}
///   - {name: mean spend, mean: amount, clamp: [0, 500000], where: {gender: f}, weight: 2}
///   - {name: median, quantile: amount, rank: 1/2, grid: [0, 1000, 5000, 10000, 50000]}
/// ```
public struct AggregateFile {
  /// The most queries, cells of a histogram, points of a grid and groups.
  static let most = 1000
  /// The greatest number of a clamp or a grid.
  static let greatest = 100_000_000_000

  private let reader: ProfileFile

  /// Reads queries.
  ///
  /// - Throws: ``ReleaseError`` that names the key.
  public static func parse(yaml: String, file: String) throws -> [AggregateQuery] {
    let reader = ProfileFile(file: file) { _ in
      throw ReleaseError(.badProfile, file: file, reason: "queries name no other file")
    }
    return try AggregateFile(reader: reader).queries(yaml)
  }

  private func queries(_ yaml: String) throws -> [AggregateQuery] {
    guard yaml.utf8.count <= ProfileFile.longestFile else {
      throw reader.fault("queries", "a list of queries is at most 1 MiB long")
    }
    let node: Node?
    do { node = try Yams.compose(yaml: yaml) } catch {
      throw reader.fault("queries", "not valid YAML")
    }
    guard let node else { throw reader.fault("queries", "the file is empty") }
    let root = try reader.entries(node, "the file", allowed: ["queries"])
    guard let list = root["queries"]?.sequence, !list.isEmpty, list.count <= Self.most else {
      throw reader.fault("queries", "must be a list of 1 to \(Self.most) queries")
    }
    var names: Set<String> = []
    return try list.enumerated().map { index, node in
      let query = try query(node, "queries[\(index + 1)]")
      guard names.insert(query.name).inserted else {
        throw reader.fault("queries.\(query.name)", "is there twice")
      }
      return query
    }
  }

  private func query(_ node: Node, _ key: String) throws -> AggregateQuery {
    let kinds = ["count", "histogram", "sum", "mean", "quantile"]
    let rules = try reader.entries(
      node, key,
      allowed: kinds + [
        "name", "cells", "bounds", "clamp", "rank", "grid", "decimals", "weight", "group_by", "where",
      ])
    guard let nameNode = rules["name"] else { throw reader.fault(key, "has no name") }
    let name = try reader.text(nameNode, "\(key).name")
    let key = "queries.\(name)"
    let present = kinds.filter { rules[$0] != nil }
    guard present.count == 1, let kind = present.first, let what = rules[kind] else {
      throw reader.fault(key, "needs one of \(kinds.joined(separator: ", "))")
    }
    let used: [String: Set<String>] = [
      "histogram": ["cells", "bounds", "decimals"], "sum": ["clamp", "decimals"],
      "mean": ["clamp", "decimals"],
      "quantile": ["rank", "grid", "decimals"],
    ]
    let own = used[kind] ?? []
    for rule in ["cells", "bounds", "clamp", "rank", "grid", "decimals"]
    where rules[rule] != nil && !own.contains(rule) {
      throw reader.fault("\(key).\(rule)", "does not go with \(kind)")
    }
    let groups = try rules["group_by"].map { try keys($0, "\(key).group_by") } ?? []
    guard groups.reduce(1, { $0 * $1.values.count }) <= Self.most else {
      throw reader.fault("\(key).group_by", "makes more than \(Self.most) groups")
    }
    return AggregateQuery(
      name: name, figure: try figure(kind, rules, key),
      column: kind == "count" ? nil : try reader.text(what, "\(key).\(kind)"),
      decimals: try rules["decimals"].map { try reader.number($0, "\(key).decimals", 0...6) },
      weight: try rules["weight"].map { try reader.number($0, "\(key).weight", 1...1000) } ?? 1,
      groups: groups,
      filter: try rules["where"].map { try keys($0, "\(key).where") } ?? [])
  }

  private func figure(_ kind: String, _ rules: [String: Node], _ key: String) throws -> AggregateQuery.Figure
  {
    switch kind {
    case "count": return .count
    case "histogram":
      if let cells = rules["cells"], rules["bounds"] == nil {
        return .histogram(.texts(try texts(cells, "\(key).cells")))
      }
      guard let bounds = rules["bounds"], rules["cells"] == nil else {
        throw reader.fault(key, "a histogram needs its cells, or bounds: they must not depend on the data")
      }
      return .histogram(.bounds(try ascending(bounds, "\(key).bounds")))
    case "quantile":
      guard let rank = rules["rank"].flatMap({ $0.scalar }).flatMap({ Rational($0.string) }), rank <= .one
      else {
        throw reader.fault("\(key).rank", "must be a fraction from 0 to 1, such as 1/2")
      }
      guard let grid = rules["grid"] else {
        throw reader.fault(key, "a quantile needs a grid, which is public")
      }
      return .quantile(rank, grid: try ascending(grid, "\(key).grid"))
    default:
      guard let clamp = rules["clamp"] else {
        throw reader.fault(key, "a \(kind) needs a clamp: [least, greatest]")
      }
      let ends = try ascending(clamp, "\(key).clamp")
      guard ends.count == 2 else { throw reader.fault("\(key).clamp", "must be [least, greatest]") }
      let range = AggregateQuery.Clamp(lower: ends[0], upper: ends[1])
      return kind == "sum" ? .sum(range) : .mean(range)
    }
  }

  private func keys(_ node: Node, _ key: String) throws -> [AggregateQuery.Key] {
    try reader.pairs(node, key).map { column, values in
      AggregateQuery.Key(
        column: column,
        values: try values.scalar.map { [$0.string] } ?? texts(values, "\(key).\(column)"))
    }
  }

  private func texts(_ node: Node, _ key: String) throws -> [String] {
    guard let list = node.sequence, !list.isEmpty, list.count <= Self.most else {
      throw reader.fault(key, "must be a list of 1 to \(Self.most) texts")
    }
    let texts = try list.map { node in
      guard let text = node.scalar?.string else { throw reader.fault(key, "must be a list of texts") }
      return text
    }
    guard Set(texts).count == texts.count else { throw reader.fault(key, "has a text twice") }
    return texts
  }

  private func ascending(_ node: Node, _ key: String) throws -> [Int] {
    guard let list = node.sequence, !list.isEmpty, list.count <= Self.most else {
      throw reader.fault(key, "must be a list of 1 to \(Self.most) whole numbers")
    }
    let numbers = try list.map { try reader.number($0, key, -Self.greatest...Self.greatest) }
    guard zip(numbers, numbers.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw reader.fault(key, "must be ascending")
    }
    return numbers
  }
}
