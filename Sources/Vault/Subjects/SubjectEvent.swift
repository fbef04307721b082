public import Sodium

/// One event of a customer's behavior with its chunk's texts, for the time of a call: it lies on memory that is wiped.
@safe
public struct SubjectEvent {
  /// The event; its texts are indexes.
  public let event: BehaviorEvent
  private let texts: BehaviorDictionary

  init(_ event: BehaviorEvent, _ texts: BehaviorDictionary) {
    self.event = event
    self.texts = texts
  }

  /// Adds a text of the event's chunk to `out`; nothing for an index that there is not.
  public func append(_ index: BehaviorEvent.TextIndex, to out: inout WipedBytes) {
    let text = unsafe texts[index]
    guard unsafe !text.isEmpty else { return }
    out.append(unsafe Span(_unsafeElements: text.bindMemory(to: UInt8.self)))
  }
}
