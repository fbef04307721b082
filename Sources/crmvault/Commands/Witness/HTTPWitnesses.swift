import Vault
import Witness

/// The way to witnesses over HTTP, for a session.
struct HTTPWitnesses: WitnessTransport {
  private let authorities: String?

  /// - Parameter environment: `CRMVAULT_WITNESS_CA` names a PEM file of authorities that are trusted instead of the
  ///   system's.
  init(in environment: Environment) { authorities = environment["CRMVAULT_WITNESS_CA"] }

  func addCheckpoint(to witness: VaultWitness, _ body: [UInt8]) throws(VaultError) -> (
    status: Int, body: [UInt8]
  ) {
    do throws(WitnessError) {
      var connection = WitnessConnection()
      connection.authorities = authorities
      let answer = try connection.addCheckpoint(at: WitnessAddress(witness.url), body)
      return (answer.status, answer.body)
    } catch {
      guard error.code != .configuration else {
        throw VaultError(
          .configuration, error.reason, hint: "CRMVAULT_WITNESS_CA names them, else the system does")
      }
      throw VaultError(
        .unavailable, "the witness \(witness.name) cannot be reached: \(error.reason)",
        hint: "check that it runs, and its address: crmvault audit witness list")
    }
  }
}

extension WitnessError: CommandError {
  /// The fault and its exit code.
  var commandFailure: CommandFailure {
    let exit: ExitCode =
      switch code {
      case .usage: .usage
      case .missing: .missing
      case .exists: .exists
      case .busy: .busy
      case .integrity: .integrity
      case .io, .full: .inputOutput
      case .unreachable: .unavailable
      default: .configuration
      }
    return CommandFailure(code.name, reason, exit: exit)
  }
}
