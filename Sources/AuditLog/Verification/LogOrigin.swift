/// The name of a log: that of its vault, and after a restore behind the known head a number with it: `/2`, `/3`.
public struct LogOrigin: Hashable, Sendable {
  /// The name that the log began with.
  public let base: String
  /// Which of the log's names it is: 1 for the first.
  public let number: UInt32

  /// A name by its parts.
  public init(base: String, number: UInt32) {
    self.base = base
    self.number = number
  }

  /// Reads a name. One without a number is a first one.
  public init(_ text: String) {
    if let slash = text.lastIndex(of: "/"), let number = UInt32(text[text.index(after: slash)...]),
      number > 1,
      text[text.index(after: slash)...] == "\(number)"
    {
      self.init(base: String(text[..<slash]), number: number)
    } else {
      self.init(base: text, number: 1)
    }
  }

  /// The name as checkpoints have it.
  public var text: String { number == 1 ? base : "\(base)/\(number)" }
}
