import ArgumentParser
import Glibc

ProcessHardening.apply()
// `exit(3)` runs no `deinit`: everything that holds keys lives and ends inside the call.
exit(
  await CommandLineRun.run(
    Crmvault.self, arguments: Array(CommandLine.arguments.dropFirst()), on: .process()
  ).rawValue)
