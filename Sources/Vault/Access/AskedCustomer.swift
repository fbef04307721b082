internal import AuditLog

/// Whom an access to one customer is about, as the directory has it at that moment: merges followed.
struct AskedCustomer {
  /// The customer, or nil where there is nobody of this id.
  private(set) var customer: DirectoryEntry?
  /// The ordinals of the customer and of all who were merged into it, its own first.
  private(set) var members: [UInt64] = []
  /// The ids of those others, for the entry.
  private(set) var others: [Pseudonym] = []
  private var mergeRefusal: VaultError?

  /// Nobody.
  init() {}

  /// Looks a customer up.
  init(_ pseudonym: Pseudonym, _ request: AccessRequest, _ directory: CustomerDirectory) throws {
    switch request.action {
    // Who has looked at a customer is asked for the one who was, also after a merge or an erasure.
    case .auditRead:
      customer = try directory.entry(of: pseudonym)
      members = customer.map { [$0.ordinal] } ?? []
    case .customerMerge: try lookUp(pseudonym, alongside: request.alongside, directory)
    default:
      customer = try directory.customer(pseudonym)
      try collect(directory)
    }
  }

  /// Both sides of a merge, each as it stands itself.
  private mutating func lookUp(
    _ pseudonym: Pseudonym, alongside other: Pseudonym?, _ directory: CustomerDirectory
  ) throws {
    customer = try directory.entry(of: pseudonym)
    guard let target = customer, let other, let source = try directory.entry(of: other) else {
      customer = nil
      return
    }
    if source.ordinal == target.ordinal {
      mergeRefusal = VaultError(.usage, "a customer cannot be merged into itself")
    } else if source.state == .merged || target.state == .merged {
      mergeRefusal = VaultError(
        .exists, "one of the two was merged already", hint: "crmvault customer split ID takes a merge back")
    } else if source.state == .erased {
      customer = source
    }
    guard mergeRefusal == nil, customer?.state == .live else { return }
    try collect(directory)
    let further = try directory.members(of: source.ordinal)
    guard members.count + further.count <= CustomerDirectory.mergeLimit else {
      mergeRefusal = VaultError(
        .badInput, "one customer stands for at most \(CustomerDirectory.mergeLimit) that were merged")
      return
    }
    members += further
    others += further.map { directory.rule.pseudonym(of: $0) }
  }

  private mutating func collect(_ directory: CustomerDirectory) throws {
    guard let customer, customer.state == .live else {
      members = customer.map { [$0.ordinal] } ?? []
      return
    }
    members = try directory.members(of: customer.ordinal)
    others = members.dropFirst().map { directory.rule.pseudonym(of: $0) }
  }

  /// The entry names whose records are opened, also where a merge led there from another id.
  func name(in draft: inout EntryDraft) {
    guard let customer else { return }
    draft.subjects = .one(customer.pseudonym.description)
    guard !others.isEmpty else { return }
    var details = draft.details?.object ?? [:]
    details["merged"] = .array(others.map { .string($0.description) })
    draft.details = .object(details)
  }

  /// Why there is nobody to reach, and the code of the entry's error; or nil.
  func refusal(_ request: AccessRequest, _ subjects: SubjectStanding) -> (code: String, error: VaultError)? {
    guard case .customer = request.subject else { return nil }
    if let mergeRefusal { return (mergeRefusal.code.description, mergeRefusal) }
    guard let customer else {
      return (
        "not_found",
        VaultError(
          .notFound, "there is no customer with this id", hint: "crmvault customer list shows the ids")
      )
    }
    if request.action == .auditRead { return nil }
    guard customer.state != .erased || request.action == .subjectErase else {
      return (
        "erased",
        VaultError(.notFound, "this customer was erased", hint: "crmvault customer list shows the ids")
      )
    }
    let gone = subjects.erasedClasses(of: customer.ordinal).intersection(request.classes)
    guard !gone.isEmpty, !request.toleratesErased else { return nil }
    let names = gone.sorted().map(\.name).joined(separator: " and ")
    return ("erased", VaultError(.notFound, "what this needs of the customer was erased: \(names)"))
  }
}

extension WhatPart {
  /// The ids of every customer that an entry names: whose records were opened, and those who had been merged into it.
  var namedCustomers: [String] {
    guard let subject else { return [] }
    guard case .array(let others)? = details?.object?["merged"] else { return [subject] }
    return [subject] + others.compactMap(\.string)
  }
}
