/// Hierarchies of codes, of which the front says more than the back: postcodes, branch numbers, product groups.
public enum Codes {
  /// What stands for a masked character.
  static let mask: Character = "*"

  /// Masks from the right, `step` characters more at each level. Shorter codes are masked later.
  ///
  /// The penalty of a group is its share of the distinct codes.
  public static func masked(
    _ values: [String], step: Int = 1, column: String
  ) throws(AnonymizationError) -> Hierarchy {
    guard step >= 1 else {
      throw AnonymizationError(
        .badHierarchy, column: column, reason: "a mask hides at least one character a level")
    }
    if values.contains(where: { $0.contains(mask) }) {
      throw AnonymizationError(
        .badHierarchy, column: column, reason: "a code has a * of its own, which a mask would be taken for",
        hint: "give it a hierarchy file")
    }
    let characters = values.map(Array.init)
    let length = characters.lazy.map(\.count).max() ?? 0
    var levels = [Hierarchy.Level(identity: values)]
    var kept = length - step
    while kept > 0 {
      var codes: [String: UInt32] = [:]
      var labels: [String] = []
      let groups = characters.map { code in
        let label = String(code.prefix(kept)) + String(repeating: mask, count: max(0, code.count - kept))
        if let known = codes[label] { return known }
        codes[label] = UInt32(labels.count)
        labels.append(label)
        return UInt32(labels.count - 1)
      }
      let level = Hierarchy.Level(labels: labels, counting: groups)
      if let below = levels.last, level.labels.count < below.labels.count { levels.append(level) }
      kept -= step
    }
    if let top = levels.last, top.labels.count > 1 { levels.append(.init(top: values.count)) }
    let ranked = (0..<UInt32(values.count)).sorted {
      values[Int($0)].utf8.lexicographicallyPrecedes(values[Int($1)].utf8)
    }
    return Hierarchy(
      levels: levels, order: .ordered, ranked: ranked, extents: Hierarchy.evenExtents(values.count))
  }
}
