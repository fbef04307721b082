public import Sodium

/// What an entry says of a set of customers: how large, how many, and the root that commits to which.
public struct SetReference: Hashable, Sendable {
  /// Ordinals are below this.
  public let universe: UInt64
  /// How many ordinals are in the set.
  public let count: UInt64
  /// The root over the set's salted chunks.
  public let root: Digest32
  /// The index of the entry that fixes which ordinals below `universe` are live.
  public let directory: UInt64

  /// A reference of these parts.
  public init(universe: UInt64, count: UInt64, root: Digest32, directory: UInt64) {
    self.universe = universe
    self.count = count
    self.root = root
    self.directory = directory
  }

  /// The reference as it stands in *what*.
  public var json: JSONValue {
    [
      "universe": .number(universe), "count": .number(count), "root": .digest(root),
      "directory": .number(directory),
    ]
  }

  /// Reads the members of a reference as `WhatPart.encoded()` writes them; nil for anything else.
  init?(_ members: inout CanonicalMembers) {
    guard let count = members.number("count"), let directory = members.number("directory"),
      let root = members.digest("root"), let universe = members.number("universe"), count <= universe
    else { return nil }
    self.init(universe: universe, count: count, root: root, directory: directory)
  }

  /// Reads a reference.
  ///
  /// - Throws: `malformed`, `unknownField`; `outOfBounds` when it counts more than its universe has.
  public init(_ json: JSONValue) throws(LogError) {
    var fields = try ObjectFields(json, "set")
    universe = try fields.number("universe")
    count = try fields.number("count")
    root = try fields.digest("root")
    directory = try fields.number("directory")
    try fields.finish()
    guard count <= universe else { throw LogError(.outOfBounds, "a set counts more than its universe has") }
  }
}
