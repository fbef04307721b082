import ArgumentParser

/// The root of all commands.
struct Crmvault: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crmvault",
    abstract: "Keeps customer records encrypted, and proves who looked at what.",
    discussion: """
      Exit status: 0 done, 64 usage, 65 bad input, 66 not found, 69 unavailable, 70 a bug, 73 exists already, \
      74 input/output, 75 busy, 76 integrity (tampered, rolled back, does not verify), 77 not permitted or wrong \
      passphrase, 78 configuration.
      """,
    version: "0.1.0",
    groupedSubcommands: [
      CommandGroup(
        name: "The vault",
        subcommands: [InitCommand.self, VerifyCommand.self, DoctorCommand.self, BackupCommand.self]),
      CommandGroup(
        name: "People",
        subcommands: [
          UserCommand.self, RoleCommand.self, Whoami.self, PolicyCommand.self, RequestCommand.self,
        ]),
      CommandGroup(
        name: "Customers",
        subcommands: [
          CustomerCommand.self, ImportCommand.self, ScoreCommand.self, SegmentCommand.self,
          RecommendCommand.self,
        ]),
      CommandGroup(
        name: "Rights and risks",
        subcommands: [
          ConsentCommand.self, SubjectCommand.self, RetentionCommand.self, LeakageCommand.self,
          BreachCommand.self,
        ]),
      CommandGroup(name: "What leaves", subcommands: [ExportCommand.self, TableCommand.self]),
      CommandGroup(name: "The log", subcommands: [AuditCommand.self, WitnessCommand.self]),
    ])
}
