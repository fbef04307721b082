// `make bench`: prints ratios of CPU time, each taken in one run. `crmvault-bench log [ENTRIES]` measures the log alone.
import Glibc

do {
  let arguments = CommandLine.arguments.dropFirst()
  if arguments.first == "log" {
    try await LogBench(entries: arguments.dropFirst().first.flatMap { Int($0) } ?? 200_000).run()
  } else {
    try ScoreBench(arguments).run()
    try await LogBench().run()
  }
} catch {
  print("bench failed: \(error)")
  exit(1)
}
