public import AuditLog
internal import Sodium
internal import Synchronization

/// A witness without its network: from requests to answers, one at a time.
public final class WitnessService: Sendable {
  /// An answer.
  public struct Answer: Sendable, Equatable {
    /// The HTTP status.
    public let status: Int
    /// The content type.
    public let type: String
    /// The body.
    public let body: [UInt8]

    init(_ status: Int, type: String = "text/plain; charset=utf-8", _ body: [UInt8]) {
      self.status = status
      self.type = type
      self.body = body
    }

    init(_ status: Int, _ text: String) { self.init(status, Array((text + "\n").utf8)) }
  }

  /// What a request came to, for a line of the service's own journal. Nothing in it is a secret, and nothing came with
  /// the request but numbers and a log that is known.
  public struct Event: Sendable {
    /// The HTTP status.
    public let status: Int
    /// What happened, in one line.
    public let text: String
  }

  private let identity: WitnessIdentity
  private let rule: WitnessRule
  private let book: HeadBook
  private let now: @Sendable () -> UInt64
  private let tell: @Sendable (Event) -> Void
  /// Judging and remembering are one step: a slower request must not put an older head back.
  private let turn = Mutex<Void>(())

  /// A witness of the logs that `rule` knows.
  ///
  /// - Parameters:
  ///   - now: the time in POSIX seconds.
  ///   - tell: is told of every request, from the thread that answers it.
  public init(
    identity: WitnessIdentity, rule: WitnessRule, book: HeadBook, now: @escaping @Sendable () -> UInt64,
    tell: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    self.identity = identity
    self.rule = rule
    self.book = book
    self.now = now
    self.tell = tell
  }

  /// Answers a request.
  ///
  /// - Parameters:
  ///   - method: the HTTP method, in upper case.
  ///   - path: the path of the address, without a query.
  public func answer(method: String, path: String, body: [UInt8]) -> Answer {
    switch (method, path) {
    case ("POST", "/add-checkpoint"): return addCheckpoint(body)
    case ("GET", _), ("HEAD", _): return checkpoint(path)
    case (_, "/add-checkpoint"): return Answer(405, "add-checkpoint is a POST")
    default: return Answer(404, "there is nothing here")
    }
  }

  // MARK: -

  private func checkpoint(_ path: String) -> Answer {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].isEmpty, parts[2] == "checkpoint",
      let head = book.all.first(where: { HeadBook.hash(ofOrigin: $0.checkpoint.origin) == parts[1] })
    else { return Answer(404, "no checkpoint of such a log was cosigned here") }
    return Answer(200, head.note.bytes)
  }

  private func addCheckpoint(_ body: [UInt8]) -> Answer {
    let request: AddCheckpointRequest
    do throws(LogError) { request = try AddCheckpointRequest(parsing: body) } catch {
      let status = WitnessRule.status(of: error)
      tell(Event(status: status, text: "malformed request"))
      return Answer(status, error.reason)
    }
    return turn.withLock { _ in
      do throws(WitnessError) { return try answer(request) } catch {
        tell(Event(status: 500, text: error.reason))
        return Answer(500, "the witness cannot keep what it sees")
      }
    }
  }

  private func answer(_ request: AddCheckpointRequest) throws(WitnessError) -> Answer {
    let seen = rule.origin(of: request).flatMap { book.head(of: $0) }
    switch rule.judge(request, remembered: seen?.checkpoint) {
    case .accepted(let checkpoint, let note): return try accept(checkpoint, note, seen)
    case .refused(let refusal):
      var text = refusal.reason
      if let evidence = refusal.evidence, let checkpoint = try? Checkpoint(parsing: request.note.text) {
        text += " (\(evidence.rawValue) of \(checkpoint.origin) at \(checkpoint.size)"
        text += try book.keep(evidence, offered: request.note, of: checkpoint, seen: seen) ? ", kept)" : ")"
      }
      tell(Event(status: refusal.status, text: text))
      guard let size = refusal.rememberedSize else { return Answer(refusal.status, refusal.reason) }
      return Answer(refusal.status, type: "text/x.tlog.size", Array("\(size)\n".utf8))
    }
  }

  /// Remembers a head, then answers with the cosignature.
  private func accept(_ checkpoint: Checkpoint, _ note: SignedNote, _ seen: HeadBook.Head?)
    throws(WitnessError)
    -> Answer
  {
    // A clock that was set back must not date a larger head before a smaller one.
    let time = max(now(), seen?.time ?? 0, 1)
    let line = try identity.cosign(checkpoint, time: time)
    var note = note
    note.append(line)
    try book.remember(HeadBook.Head(checkpoint: checkpoint, note: note, time: time))
    tell(Event(status: 200, text: "cosigned \(checkpoint.origin) at \(checkpoint.size)"))
    return Answer(200, Cosignatures.encode([line]))
  }
}
