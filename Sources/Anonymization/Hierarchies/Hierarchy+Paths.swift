extension Hierarchy {
  /// Reads a hierarchy from its paths: for each value the value itself, then what it becomes at each level. The
  /// top is added where it is absent.
  ///
  /// The penalty of a group is its share of the values; of a single value it is 0.
  ///
  /// - Parameters:
  ///   - paths: one for each value, all of one length.
  ///   - order: whether the order of the paths is that of the values.
  ///   - column: for messages.
  public init(
    paths: [[String]], order: Order = .nominal, column: String
  ) throws(AnonymizationError) {
    func fault(_ reason: String) -> AnonymizationError {
      AnonymizationError(.badHierarchy, column: column, reason: "its hierarchy \(reason)")
    }
    guard let depth = paths.first?.count, depth > 0 else { throw fault("is empty") }
    if let place = paths.firstIndex(where: { $0.count != depth }) {
      throw fault("has \(paths[place].count) levels in line \(place + 1), and \(depth) in the first")
    }
    var levels: [Level] = []
    // A label stands for one set of values, wherever it occurs: published cells are read without their level.
    var meaning: [String: (level: Int, size: Int, first: Int)] = [:]
    for level in 0..<depth {
      var codes: [String: UInt32] = [:]
      var labels: [String] = []
      var groups: [UInt32] = []
      groups.reserveCapacity(paths.count)
      for path in paths {
        let label = path[level]
        if let code = codes[label] {
          groups.append(code)
        } else {
          let code = UInt32(labels.count)
          codes[label] = code
          labels.append(label)
          groups.append(code)
        }
      }
      let made = Level(labels: labels, counting: groups)
      if level == 0, labels.count != paths.count { throw fault("has a value twice") }
      if level > 0, !levels[level - 1].isRefined(by: made) {
        throw fault("is not a tree: level \(level) splits what level \(level - 1) had merged")
      }
      let sizes = made.valueCounts
      let firsts = made.firstValues
      for (code, label) in labels.enumerated() {
        if let before = meaning[label], before.size != sizes[code] || before.first != firsts[code] {
          throw fault("has one label for two sets of values, at levels \(before.level) and \(level)")
        }
        meaning[label] = (level, sizes[code], firsts[code])
      }
      levels.append(made)
    }
    if levels[depth - 1].labels.count > 1 {
      levels.append(Level(top: paths.count))
    }
    self.init(levels: levels, order: order)
  }

  /// Completes levels of which each is a coarsening of the one before.
  init(levels: [Level], order: Order) {
    let count = levels[0].labels.count
    var ranked = Array(0..<UInt32(count))
    if order == .nominal {
      // Depth first: the groups of the top level, within them those of the next, and so on.
      ranked.sort { left, right in
        for level in levels.reversed() {
          let (a, b) = (level.groupOfValue[Int(left)], level.groupOfValue[Int(right)])
          if a != b { return a < b }
        }
        return false
      }
    }
    self.init(levels: levels, order: order, ranked: ranked, extents: Self.evenExtents(count))
  }

  /// Nothing between a value and the top.
  public static func flat(values: [String], order: Order = .nominal) -> Hierarchy {
    let identity = Level(identity: values)
    return Hierarchy(
      levels: values.count > 1 ? [identity, Level(top: values.count)] : [identity], order: order)
  }
}

extension Hierarchy.Level {
  /// Every value for itself.
  init(identity values: [String]) {
    self.init(
      labels: values, groupOfValue: Array(0..<UInt32(values.count)),
      penalty: [Double](repeating: 0, count: values.count))
  }

  /// All values in one group.
  init(top count: Int) {
    self.init(
      labels: [Hierarchy.topLabel], groupOfValue: [UInt32](repeating: 0, count: count),
      penalty: [count > 1 ? 1 : 0])
  }

  /// Groups whose penalty is their share of the values.
  init(labels: [String], counting groups: [UInt32]) {
    var sizes = [Int](repeating: 0, count: labels.count)
    for group in groups { sizes[Int(group)] += 1 }
    self.init(
      labels: labels, groupOfValue: groups,
      penalty: sizes.map { $0 <= 1 ? 0 : Double($0) / Double(groups.count) })
  }

  /// The first value of each group: two groups of one tree that share it, and their size, are one set.
  var firstValues: [Int] {
    var firsts = [Int](repeating: 0, count: labels.count)
    for (value, group) in groupOfValue.enumerated().reversed() { firsts[Int(group)] = value }
    return firsts
  }

  /// Whether every group of this level lies within one group of a coarser level.
  func isRefined(by coarser: Hierarchy.Level) -> Bool {
    var parent = [UInt32?](repeating: nil, count: labels.count)
    for (value, group) in groupOfValue.enumerated() {
      let above = coarser.groupOfValue[value]
      if let known = parent[Int(group)], known != above { return false }
      parent[Int(group)] = above
    }
    return true
  }
}
