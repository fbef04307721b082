public import Sodium

/// The part of an entry that says what was done, why and to whose data: names of classes and fields, never values.
public struct WhatPart: Hashable, Sendable {
  /// Whose data: one customer by pseudonym, or a committed set of customers.
  public enum Subjects: Hashable, Sendable {
    /// One customer, by the pseudonym as shown.
    case one(String)
    /// Several, by a commitment to a bitmap.
    case set(SetReference)
  }

  /// Which kinds of data: never the data.
  public struct Object: Hashable, Sendable {
    /// Names of data classes.
    public var classes: [String]
    /// Names of fields.
    public var fields: [String]

    /// An object of these names.
    public init(classes: [String] = [], fields: [String] = []) {
      self.classes = classes
      self.fields = fields
    }
  }

  /// How it ended.
  public enum Outcome: Hashable, Sendable {
    /// It was permitted.
    case allowed
    /// It was refused.
    case denied
    /// It failed, with a code.
    case error(code: String)
  }

  /// Which half of a bulk access this is.
  public enum Phase: String, Hashable, Sendable {
    /// What may be touched, written before anything is.
    case intent
    /// What was touched.
    case result
  }

  /// 32 random bytes: the part's hash must not be guessable.
  public var salt: Digest32
  /// What was done.
  public var action: String
  /// Why.
  public var purpose: String?
  /// On which legal basis.
  public var legalBasis: String?
  /// Whose data it was done to, where it was anybody's.
  public var subjects: Subjects?
  /// The kinds of data.
  public var object: Object
  /// How many: rows, entries, customers, as the action has it.
  public var count: UInt64?
  /// How it ended.
  public var outcome: Outcome
  /// Intent or result.
  public var phase: Phase?
  /// The index of the intent, or of the entry that this one refers to.
  public var ref: UInt64?
  /// The hash of the policy version that decided.
  public var policy: Digest32?
  /// What an action has to say beyond that.
  public var details: JSONValue?

  /// A part of these fields, with a salt of its own by default.
  public init(
    salt: Digest32 = .randomSalt(), action: String, purpose: String? = nil, legalBasis: String? = nil,
    subjects: Subjects? = nil, object: Object = Object(), count: UInt64? = nil, outcome: Outcome,
    phase: Phase? = nil, ref: UInt64? = nil, policy: Digest32? = nil, details: JSONValue? = nil
  ) {
    self.salt = salt
    self.action = action
    self.purpose = purpose
    self.legalBasis = legalBasis
    self.subjects = subjects
    self.object = object
    self.count = count
    self.outcome = outcome
    self.phase = phase
    self.ref = ref
    self.policy = policy
    self.details = details
  }

  /// The pseudonym, when the entry is about one customer.
  public var subject: String? { if case .one(let subject) = subjects { subject } else { nil } }

  /// The set, when the entry is about several.
  public var set: SetReference? { if case .set(let set) = subjects { set } else { nil } }
}
