/// Where a tile or an entry bundle is: C2SP tlog-tiles.
public struct TilePath: Hashable, Sendable, CustomStringConvertible {
  /// What a file holds.
  public enum Content: Hashable, Sendable {
    /// Hashes of this level: 0 are the leaf hashes, each level above is over 256 of the one below.
    case hashes(level: Int)
    /// The entries themselves.
    case entries
  }

  /// Hashes or entries of a full tile.
  public static let width = 256

  /// What the file holds.
  public let content: Content
  /// Which one of its level, from 0.
  public let index: UInt64
  /// How many hashes or entries it holds: 256, or fewer at the edge of the tree.
  public let width: Int

  /// A path of these parts.
  ///
  /// - Throws: `outOfBounds` unless the level is 0 to 63 and the width 1 to 256.
  public init(_ content: Content, index: UInt64, width: Int = TilePath.width) throws(LogError) {
    if case .hashes(let level) = content, !(0...63).contains(level) {
      throw LogError(.outOfBounds, "a tile of level \(level)")
    }
    guard (1...Self.width).contains(width) else { throw LogError(.outOfBounds, "a tile of width \(width)") }
    self.content = content
    self.index = index
    self.width = width
  }

  /// The path below the log's folder: `tile/0/x001/x234/067.p/5`.
  public var description: String {
    let level = if case .hashes(let level) = content { String(level) } else { "entries" }
    var groups = [Self.group(index % 1000)]
    var rest = index / 1000
    while rest > 0 {
      groups.append("x" + Self.group(rest % 1000))
      rest /= 1000
    }
    let partial = width < Self.width ? ".p/\(width)" : ""
    return "tile/\(level)/\(groups.reversed().joined(separator: "/"))\(partial)"
  }

  /// Where what is left of a bundle lies that has lost entries to a retention policy: `kept/x001/x234/067.p/5`.
  public var kept: String { "kept/" + description.dropFirst("tile/entries/".count) }

  /// How wide tile `index` of a level is in a log of this size: 0 when it does not exist.
  ///
  /// - Parameter level: 0 for leaf hashes and for entries.
  public static func width(level: Int, index: UInt64, size: UInt64) -> Int {
    // Each level is over 2^8 of the one below, and no size has more than 64 bits.
    let count = level < 8 ? size >> UInt64(8 * level) : 0
    let start = index.multipliedReportingOverflow(by: UInt64(width))
    guard !start.overflow, start.partialValue < count else { return 0 }
    return Int(min(count - start.partialValue, UInt64(width)))
  }

  private static func group(_ value: UInt64) -> String {
    let digits = String(value)
    return String(repeating: "0", count: 3 - digits.count) + digits
  }
}
