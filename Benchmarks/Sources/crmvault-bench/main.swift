// `make bench`: prints ratios of CPU time, each taken in one run.
import Glibc

do {
  try ScoreBench(CommandLine.arguments.dropFirst()).run()
} catch {
  print("bench failed: \(error)")
  exit(1)
}
