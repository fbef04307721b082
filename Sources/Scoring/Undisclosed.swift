/// A value about one customer, which says nothing when it is printed, dumped or mirrored.
///
/// A score row that ends up in a log line or in a crash message must not carry its numbers there. Whoever
/// may see them reads the properties.
public protocol Undisclosed: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Undisclosed {
  /// The name of the type, and nothing of its content.
  public var description: String { "\(Self.self)(undisclosed)" }

  /// The name of the type, and nothing of its content.
  public var debugDescription: String { description }

  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
