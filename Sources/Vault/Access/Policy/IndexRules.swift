/// Which identifiers have a blind index: the policy's `index` list, which can only say what is so.
///
/// An index shows whoever has the vault's file which customers share a value. Of an identifier nearly everybody has
/// one of their own; a city or a birth year would sort customers into groups whose sizes name them, without any key.
enum IndexRules {
  private static let indexed: Set<String> = ["phone", "email", "account"]

  /// Refuses an index on a field with few values, or on one that has none.
  static func check(_ fields: [String]?, custom: [DataClass: [String]]) throws(VaultError) {
    guard let fields else { return }
    let profile = Set(FieldName.profile.map(\.text) + (custom[.profile] ?? []))
    for field in fields where !indexed.contains(field) {
      if profile.contains(field) || ["birth_date", "name", "address", "note"].contains(field) {
        throw VaultError(
          .badInput,
          "policy: index has '\(field)', which has few values or shared ones: its index would show, without any key, who "
            + "has the same one, and by how many they are which one",
          hint: "look for it with customer search, which is audited as the bulk read that it is")
      }
      throw VaultError(
        .badInput, "policy: index has '\(field)': only phone, email and account can be looked up by an index")
    }
    guard Set(fields) == indexed else {
      throw VaultError(.badInput, "policy: index names phone, email and account, or is left out")
    }
  }
}
