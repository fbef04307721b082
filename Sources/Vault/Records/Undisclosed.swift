/// A copyable value of a customer's: printing, interpolating, dumping or mirroring it shows nothing.
public protocol Undisclosed: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Undisclosed {
  /// The type's name alone.
  public var description: String { "(a \(Self.self), not shown)" }
  /// The type's name alone.
  public var debugDescription: String { description }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
