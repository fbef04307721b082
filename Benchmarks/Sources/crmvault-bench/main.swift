// `make bench`: prints ratios, each taken in one run. `crmvault-bench log`, `verify [ENTRIES]`, `subject`,
// `breach [CUSTOMERS RUNS LOOKS]`, `ledger [CUSTOMERS [RELEASES]]` and `score [CUSTOMERS …]` run one of them.
import Glibc

do {
  let arguments = CommandLine.arguments.dropFirst()
  let numbers = arguments.compactMap { Int($0) }
  switch arguments.first {
  case "log": try LogBench().run()
  case "verify": try await VerificationBench(entries: numbers.first ?? 200_000).run()
  case "subject":
    try SubjectBench().run(
      looks: numbers.first ?? 1_000_000, runs: numbers.count > 1 ? numbers[1] : 1825,
      universe: UInt64(numbers.count > 2 ? numbers[2] : 1_000_000))
  case "breach":
    try BreachBench().run(
      customers: numbers.first ?? 1_000_000, runs: numbers.count > 1 ? numbers[1] : 365,
      looks: numbers.count > 2 ? numbers[2] : 100_000)
  case "ledger":
    try LedgerBench(customers: numbers.first ?? 1_000_000, releases: numbers.count > 1 ? numbers[1] : 10)
      .run()
  case "score": try ScoreBench(arguments.dropFirst()).run()
  default:
    try LogBench().run()
    try await VerificationBench().run()
    try SubjectBench().run(looks: 1_000_000, runs: 1825, universe: 1_000_000)
    try BreachBench().run(customers: 1_000_000, runs: 365, looks: 100_000)
    try LedgerBench(customers: 1_000_000, releases: 10).run()
    try ScoreBench(arguments).run()
  }
} catch {
  print("bench failed: \(error)")
  exit(1)
}
