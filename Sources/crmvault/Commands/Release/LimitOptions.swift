import Anonymization
import ArgumentParser
import Release

/// What takes the place of a profile's limits.
struct LimitOptions: ParsableArguments {
  @Option(
    help: "How values are generalized: local, global or partition (default: the profile's, else local).")
  var mode: String?
  @Option(help: "The fewest people of a class (default: the profile's, else 5).") var k: Int?
  @Option(help: "The fewest values of every sensitive column in a class (default: the profile's, else 3).")
  var l: Int?
  @Option(
    help: "The greatest distance of a class from the whole, above 0 to 1 (default: the profile's, else none)."
  )
  var t: Double?
  @Option(help: "The greatest share of rows that may be left out (default: the profile's, else 0.02).")
  var suppress: Double?
}

extension LimitOptions {
  /// The profile, with the limits that were given in place of its own.
  func applied(to profile: ReleaseProfile) throws -> ReleaseProfile {
    var result = profile
    if let mode {
      guard let known = RecodingMode(rawValue: mode) else {
        throw CommandFailure.usage("unknown_mode", "--mode is local, global or partition")
      }
      result.mode = known
    }
    if let k {
      guard k >= 2 else {
        throw CommandFailure.usage("bad_limit", "--k is at least 2: with less a class may be one person")
      }
      result.k = k
    }
    if let l {
      guard l >= 1 else { throw CommandFailure.usage("bad_limit", "--l is at least 1") }
      result.diversity = [.distinct(l)]
      for index in result.columns.indices { result.columns[index].diversity = nil }
    }
    if let t {
      guard t > 0, t <= 1 else { throw CommandFailure.usage("bad_limit", "--t is above 0 and at most 1") }
      result.t = t
      for index in result.columns.indices { result.columns[index].t = nil }
    }
    if let suppress {
      guard suppress >= 0, suppress < 1 else {
        throw CommandFailure.usage("bad_limit", "--suppress is a share from 0 to below 1")
      }
      result.suppression = suppress
    }
    return result
  }
}

/// Reading of profiles and of the files that they name.
enum ProfileSource {
  /// A profile; the files of its hierarchies are looked for beside it.
  static func read(_ path: String) throws -> ReleaseProfile {
    try parse(try TextFile.read(path, limit: ProfileFile.longestFile), path: path)
  }

  /// The profile of a text, whose hierarchies are beside the path.
  static func parse(_ text: String, path: String) throws -> ReleaseProfile {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    return try ProfileFile.parse(yaml: text, file: path) { name in
      try TextFile.read(name.hasPrefix("/") ? name : folder + name, limit: HierarchyFile.longestFile)
    }
  }
}
