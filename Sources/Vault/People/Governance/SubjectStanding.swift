internal import AuditLog
public import Sodium

/// An erasure that a privacy officer has stated: what the warden carries out.
///
/// Only the governance chain makes one, from a statement that it has verified: no slot is overwritten without.
public struct ErasureOrder: Sendable, Hashable {
  /// The index of the entry that carries the statement.
  public let seq: UInt64
  /// The statement's hash.
  public let statement: Digest32
  /// The customers, ascending.
  public let ordinals: [UInt64]
  /// The classes.
  public let classes: Set<DataClass>

  init(_ seq: UInt64, _ statement: Digest32, _ ordinals: [UInt64], _ classes: Set<DataClass>) {
    self.seq = seq
    self.statement = statement
    self.ordinals = ordinals
    self.classes = classes
  }
}

/// A legal hold on one class of one customer.
public struct LegalHold: Sendable, Hashable {
  /// The index of the entry that tells of it, and of its reason.
  public let seq: UInt64
  /// Until when, or nil: until it is released.
  let until: LogTime?

  func isInForce(at time: LogTime) -> Bool { until.map { time <= $0 } ?? true }
}

/// What privacy officers have ordered about customers, as far as it stands: part of the governance state, so that
/// storage can neither forge nor hide any of it.
public struct SubjectStanding: Sendable {
  /// Every erasure, in the order of the log.
  public private(set) var erasures: [ErasureOrder] = []
  /// The customers whose processing is restricted.
  public private(set) var restricted: Set<UInt64> = []
  /// The classes that are erased, by ordinal.
  private(set) var erased: [UInt64: Set<DataClass>] = [:]
  /// Legal holds, by ordinal and class.
  private(set) var holds: [UInt64: [DataClass: LegalHold]] = [:]

  /// The classes of a customer that are erased.
  public func erasedClasses(of ordinal: UInt64) -> Set<DataClass> { erased[ordinal] ?? [] }

  /// Whether nothing of a customer is left.
  public func isErased(_ ordinal: UInt64) -> Bool { erased[ordinal]?.count == DataClass.allCases.count }

  /// The legal holds on customers that are in force at a time, by class: of several the first.
  func holds(on ordinals: [UInt64], at time: LogTime) -> [DataClass: LegalHold] {
    var found: [DataClass: LegalHold] = [:]
    for ordinal in ordinals {
      for (dataClass, hold) in holds[ordinal] ?? [:] where hold.isInForce(at: time) {
        if found[dataClass].map({ hold.seq < $0.seq }) ?? true { found[dataClass] = hold }
      }
    }
    return found
  }

  /// Takes an order in; the reason why it may not be given, or nil.
  mutating func apply(_ order: Statement.SubjectOrder, _ statement: Statement, at seq: UInt64) -> String? {
    switch order {
    case .erase(let ordinals, let classes):
      let held = holds(on: ordinals, at: statement.time)
      guard classes.isDisjoint(with: held.keys) else { return "erases what is under a legal hold" }
      for ordinal in ordinals { erased[ordinal, default: []].formUnion(classes) }
      erasures.append(ErasureOrder(seq, statement.hash, ordinals, classes))
    case .restrict(let ordinals):
      restricted.formUnion(ordinals)
    case .unrestrict(let ordinals):
      guard restricted.isSuperset(of: ordinals) else { return "frees a customer who is not restricted" }
      restricted.subtract(ordinals)
    case .hold(let ordinals, let classes, let until):
      guard until.map({ statement.time < $0 }) ?? true else { return "holds what it releases at once" }
      for ordinal in ordinals {
        guard erasedClasses(of: ordinal).isDisjoint(with: classes) else { return "holds what is erased" }
        for dataClass in classes {
          holds[ordinal, default: [:]][dataClass] = LegalHold(seq: seq, until: until)
        }
      }
    case .release(let ordinals, let classes):
      for ordinal in ordinals {
        for dataClass in classes { holds[ordinal]?[dataClass] = nil }
        if holds[ordinal]?.isEmpty == true { holds[ordinal] = nil }
      }
    }
    return nil
  }
}
