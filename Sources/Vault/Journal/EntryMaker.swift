internal import AuditLog
internal import Glibc
internal import Sodium
internal import Synchronization

/// Makes the entries of a commit from their drafts: parts, seals, envelopes and leaves, on as many processors as
/// there are where there are many.
struct EntryMaker: Sendable {
  /// A draft with its place in the log, its times and the state after it.
  struct Place: Sendable {
    let seq: UInt64
    let time: LogTime
    let mono: UInt64
    let state: Digest32
    let statement: Digest32
    let draft: EntryDraft
  }

  /// What is stored of an entry.
  struct Made: Sendable {
    let envelope: [UInt8]
    let what: [UInt8]
    let who: [UInt8]
    let leaf: Digest32
  }

  let session: AuditSession
  let actor: EntryActor
  let policy: Digest32
  let origin: UInt32
  private let sessionHash: Digest32

  /// - Parameter origin: the number of the log's name.
  init(session: AuditSession, actor: EntryActor, policy: Digest32, origin: UInt32) {
    self.origin = origin
    self.session = session
    self.actor = actor
    self.policy = policy
    sessionHash = SHA256.hash(session.sealedKey)
  }

  /// Makes the entries and hands them over in the order of their places, piece by piece, on this thread: while one
  /// piece is stored, other threads make the next.
  ///
  /// - Throws: what makes an entry too long or not canonical, and what `store` throws.
  func make(_ places: [Place], _ store: ([Made]) throws -> Void) throws {
    guard places.count >= Self.fewestToShare else { return try store(try make(places[...])) }
    let pieces = Pieces(places.count)
    var failure: (any Error)?
    WorkerThreads.run(WorkerThreads.processors) { thread in
      func makeNext() -> Bool {
        guard let piece = pieces.next() else { return false }
        pieces.finish(piece, Result { try make(places[pieces.range(piece)]) })
        return true
      }
      guard thread == 0 else {
        while makeNext() {}
        return
      }
      do {
        for piece in 0..<pieces.count {
          while !pieces.isMade(piece) {
            // Nothing is left to make: another thread is about to finish it.
            if !makeNext() { usleep(20) }
          }
          try store(try pieces.take(piece))
        }
      } catch {
        failure = error
        pieces.stop()
      }
    }
    if let failure { throw failure }
  }

  /// How many entries are worth a second thread.
  private static let fewestToShare = 32

  /// The random bytes of an entry: two salts and two nonces.
  private static let randomCount = 2 * 32 + 2 * AEAD.nonceByteCount

  private func make(_ places: ArraySlice<Place>) throws -> [Made] {
    // One call of the system for all of them: a call takes as long as sealing a part.
    let random = SecureRandom.bytes(Self.randomCount * places.count)
    var made: [Made] = []
    made.reserveCapacity(places.count)
    for (index, place) in places.enumerated() {
      let start = index * Self.randomCount
      made.append(try make(place, random[start..<start + Self.randomCount]))
    }
    return made
  }

  private func make(_ place: Place, _ random: ArraySlice<UInt8>) throws -> Made {
    let salts = random.startIndex
    let nonces = salts + 64
    let seq = place.seq
    let what = try place.draft.what(policy: policy, salt: Digest32(copying: random[salts..<salts + 32]))
      .encoded()
    let who = try actor.who(
      ticket: place.draft.ticket, mono: place.mono, salt: Digest32(copying: random[salts + 32..<nonces])
    ).encoded()
    let sealedWhat = session.seal(what, .what, seq: seq, origin: origin, nonce: random[nonces..<nonces + 24])
    let sealedWho = session.seal(
      who, .who, seq: seq, origin: origin, nonce: random[nonces + 24..<nonces + 48])
    let envelope = Envelope(
      seq: seq, time: place.time, kind: place.draft.kind, state: place.state, governance: place.statement,
      what: SHA256.hash(what), who: SHA256.hash(who),
      sealed: SealedParts(sessionKey: sessionHash, what: sealedWhat.span, who: sealedWho.span).hash,
      statement: place.draft.statement?.json)
    let bytes = try envelope.encoded()
    return Made(envelope: bytes, what: sealedWhat, who: sealedWho, leaf: MerkleTree.leafHash(bytes))
  }
}

/// Stretches of a commit's places, which threads take one after the other, and what came of each.
private final class Pieces: Sendable {
  private struct State {
    var next = 0
    var made: [Int: Result<[EntryMaker.Made], any Error>] = [:]
  }

  private static let length = 64

  private let places: Int
  private let state = Mutex(State())

  init(_ places: Int) { self.places = places }

  var count: Int { (places + Self.length - 1) / Self.length }

  func range(_ piece: Int) -> Range<Int> {
    piece * Self.length..<min((piece + 1) * Self.length, places)
  }

  func next() -> Int? {
    state.withLock { state in
      guard state.next < count else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }

  func finish(_ piece: Int, _ result: Result<[EntryMaker.Made], any Error>) {
    state.withLock { $0.made[piece] = result }
  }

  func isMade(_ piece: Int) -> Bool { state.withLock { $0.made[piece] != nil } }

  func take(_ piece: Int) throws -> [EntryMaker.Made] {
    try state.withLock { $0.made.removeValue(forKey: piece) }?.get() ?? []
  }

  /// Lets nobody begin another one.
  func stop() { state.withLock { $0.next = count } }
}

extension Digest32 {
  /// A digest of 32 bytes that are there.
  fileprivate init(copying bytes: ArraySlice<UInt8>) {
    precondition(bytes.count == 32, "a digest has 32 bytes")
    self = unsafe bytes.withUnsafeBufferPointer { source in
      unsafe Digest32 { out in
        if let start = source.baseAddress { unsafe out.update(from: start, count: 32) }
      }
    }
  }
}
