import ArgumentParser

/// `crmvault consent`
struct ConsentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consent", abstract: "Record and show what a customer consented or objected to.",
    discussion: """
      Every access joins its purpose with what is recorded here: whoever has not consented to a purpose that needs a \
      consent, or has objected, is left out of it from the moment of the record, runs over everybody included.
      """,
    subcommands: [ConsentGrant.self, ConsentWithdraw.self, ConsentObject.self, ConsentList.self])
}
