internal import Anonymization
internal import Yams

extension ProfileFile {
  /// A file's name, or one of the kinds that need none.
  func hierarchy(_ node: Node, _ key: String) throws -> ReleaseProfile.HierarchyRule {
    if let name = node.scalar?.string {
      guard !name.isEmpty else { throw fault(key, "must be the name of a file, or a kind of hierarchy") }
      return .paths(try HierarchyFile.parse(try readFile(name), file: name))
    }
    let kinds = try entries(
      node, key, allowed: ["intervals", "from", "to", "bounds", "dates", "mask", "step", "prefix", "tree"])
    let main = ["intervals", "bounds", "dates", "mask", "prefix", "tree"].filter { kinds[$0] != nil }
    guard main.count == 1, let kind = main.first, let value = kinds[kind] else {
      throw fault(key, "needs one of intervals, bounds, dates, mask, prefix, tree, or the name of a file")
    }
    let extra: Set<String> = kind == "intervals" ? ["from", "to"] : kind == "mask" ? ["step"] : []
    if let foreign = kinds.keys.first(where: { $0 != kind && !extra.contains($0) }) {
      throw fault("\(key).\(foreign)", "does not go with \(kind)")
    }
    switch kind {
    case "intervals":
      return .intervals(
        Intervals(
          widths: try decimals(value, key), from: try kinds["from"].map { try exact($0, key) },
          to: try kinds["to"].map { try exact($0, key) }))
    case "bounds":
      guard let levels = value.sequence, !levels.isEmpty else {
        throw fault(key, "bounds are a list of numbers, or one such list a level")
      }
      let isNested = levels.contains { $0.sequence != nil }
      return .intervals(
        Intervals(bounds: isNested ? try levels.map { try decimals($0, key) } : [try decimals(value, key)]))
    case "dates":
      guard let units = value.sequence else { throw fault(key, "dates are a list of units") }
      return .dates(try units.map { try choice($0, key, DateUnit.allCases.map { ($0.rawValue, $0) }) })
    case "mask":
      _ = try choice(value, key, [("right", true)])
      return .mask(step: try kinds["step"].map { try number($0, key, 1...100) } ?? 1)
    case "prefix": return .prefix(separator: try text(value, key))
    default: return .paths(try TreePaths.of(value, key, self))
    }
  }
}

/// A tree that is written in the profile: `{north: {coast: [kiel, bremen]}, south: {alps: [ulm]}}`.
private enum TreePaths {
  static func of(_ node: Node, _ key: String, _ reader: ProfileFile) throws -> [[String]] {
    let upward = try branch(node, key, reader)
    let depth = upward.map(\.count).max() ?? 0
    // A leaf that lies less deep stands for itself at the levels between.
    return upward.map { path in
      [path[0]] + [String](repeating: path[0], count: depth - path.count) + path.dropFirst()
    }
  }

  private static func branch(_ node: Node, _ key: String, _ reader: ProfileFile) throws -> [[String]] {
    if let leaves = node.sequence { return try leaves.map { [try reader.text($0, key)] } }
    if node.scalar != nil { return [[try reader.text(node, key)]] }
    return try reader.pairs(node, key).flatMap { name, child in
      try branch(child, key, reader).map { $0 + [name] }
    }
  }
}

/// A hierarchy file: `value;level 1;level 2;…`, with `;` or `,` between, quoted where a label holds it.
public enum HierarchyFile {
  /// The longest file.
  public static let longestFile = 64 * 1024 * 1024

  /// The paths of a file. The separator is the one of the first line.
  public static func parse(_ text: String, file: String) throws(ReleaseError) -> [[String]] {
    var lines = text.split(whereSeparator: \.isNewline)[...]
    if let first = lines.first, first.hasPrefix("\u{FEFF}") {
      lines[lines.startIndex] = first.dropFirst()
    }
    guard let first = lines.first else {
      throw ReleaseError(.badHierarchy, file: file, reason: "the file is empty")
    }
    let separator: Character = first.contains(";") ? ";" : ","
    var paths: [[String]] = []
    for (index, line) in lines.enumerated() {
      guard let path = cells(of: line, separator) else {
        throw ReleaseError(
          .badHierarchy, file: file, reason: "line \(index + 1) has a quote that is not closed")
      }
      paths.append(path)
    }
    return paths
  }

  private static func cells(of line: Substring, _ separator: Character) -> [String]? {
    guard line.contains("\"") else {
      return line.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
    var cells = [""]
    var isQuoted = false
    var rest = line[...]
    while let character = rest.popFirst() {
      switch character {
      case "\"" where isQuoted && rest.first == "\"":
        rest.removeFirst()
        cells[cells.count - 1].append("\"")
      case "\"": isQuoted.toggle()
      case separator where !isQuoted: cells.append("")
      default: cells[cells.count - 1].append(character)
      }
    }
    return isQuoted ? nil : cells
  }
}
