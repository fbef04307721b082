import ArgumentParser
import Vault

/// `crmvault customer`
struct CustomerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "customer", abstract: "Work on one customer, or look for some.",
    discussion: """
      Personal data is never an argument: --from FILE or --from - takes it, else it is asked for on the terminal.
      """,
    subcommands: [
      CustomerAdd.self, CustomerFind.self, CustomerSearch.self, CustomerShow.self, CustomerUpdate.self,
      CustomerRate.self, CustomerList.self, CustomerHistory.self, CustomerMerge.self, CustomerSplit.self,
    ])
}

/// A customer's id as an argument.
enum CustomerID {
  /// The pseudonym; a mistyped one is refused and not repeated, since it may be something else in the wrong place.
  static func parse(_ text: String) throws(CommandFailure) -> Pseudonym {
    guard let id = Pseudonym(text) else {
      throw .usage(
        "bad_customer_id", "this is not a customer's id, or it is mistyped",
        hints: "an id is C- and 27 letters, digits or signs; 'crmvault customer list' shows them")
    }
    return id
  }
}
