extension Mapping {
  /// The mappings that need no file: columns named as the fields are, in any order.
  public static let builtIn: [Mapping] = {
    var customers = Mapping(name: "customers", account: FieldSource(column: "account"))
    customers.needsEveryColumn = false
    customers.customer = CustomerField.standard.map {
      CustomerSource($0, FieldSource(column: $0.description))
    }
    return [customers] + EventKind.allCases.map(forEvents)
  }()

  /// The built-in mapping of this name.
  public static func builtIn(named name: String) throws(IngestError) -> Mapping {
    guard let mapping = builtIn.first(where: { $0.name == name }) else {
      throw IngestError(
        .mappingUnknown, reason: "there is no built-in mapping of this name",
        hint: "the built-in ones are \(builtIn.map(\.name).joined(separator: ", "))")
    }
    return mapping
  }

  private static func forEvents(of kind: EventKind) -> Mapping {
    let name = kind == .factors ? "factors" : kind.rawValue + "s"
    var mapping = Mapping(name: name, account: FieldSource(column: "account"))
    mapping.needsEveryColumn = false
    mapping.event = kind
    // A referral's worth is in the vault's currency: the built-in file has no column for it.
    mapping.eventFields =
      kind.fields
      .filter { kind != .referral || $0 != .currency }
      .map { EventSource($0, FieldSource(column: $0.description)) }
    return mapping
  }

  /// The built-in mapping that a header, or the names of a JSON object, asks for.
  ///
  /// A candidate has all its required columns there and at least one column beside `account`. One candidate
  /// is chosen where it knows every column that the other candidates know, and more.
  public static func builtIn(forColumns columns: [String], file: String?) throws(IngestError) -> Mapping {
    let present = Set(columns)
    let candidates = builtIn.compactMap { mapping -> (mapping: Mapping, known: Set<String>)? in
      let known = mapping.mappedColumns.intersection(present)
      guard mapping.requiredColumns.isSubset(of: present), known.count > mapping.account.columns.count
      else { return nil }
      return (mapping, known)
    }
    // The columns are not named in these errors: without a header they would be a customer's values.
    guard !candidates.isEmpty else {
      throw IngestError(
        .mappingUnknown, file: file, reason: "no built-in mapping fits the columns of this file",
        hint: "see `crmvault import mappings`, or write a mapping file and name it with --mapping")
    }
    let winner = candidates.first { candidate in
      candidates.allSatisfy {
        $0.mapping.name == candidate.mapping.name || $0.known.isStrictSubset(of: candidate.known)
      }
    }
    guard let winner else {
      let names = candidates.map(\.mapping.name).joined(separator: ", ")
      throw IngestError(
        .mappingAmbiguous, file: file, reason: "the columns fit more than one mapping: \(names)",
        hint: "name one with --mapping")
    }
    return winner.mapping
  }
}
