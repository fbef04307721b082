// Reads customers (x, t_x, T, mean spend as little-endian doubles), fits BG/NBD and Gamma-Gamma, computes expected
// purchases and lifetime values, and prints the CPU seconds of each as JSON: models_against_lifetimes.py's other side.

import Glibc
import Scoring

func cpuSeconds() -> Double {
  var time = timespec()
  _ = unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// The shortest of so many rounds, and what the last one came to.
func timed<Result>(_ rounds: Int, _ work: () -> Result) -> (Double, Result) {
  var start = cpuSeconds()
  var result = work()
  var best = cpuSeconds() - start
  for _ in 1..<max(1, rounds) {
    start = cpuSeconds()
    result = work()
    best = min(best, cpuSeconds() - start)
  }
  return (best, result)
}

func customers(at path: String) -> [SufficientStatistics] {
  guard let file = unsafe fopen(path, "rb") else { return [] }
  defer { unsafe fclose(file) }
  var customers: [SufficientStatistics] = []
  var row: [Double] = [0, 0, 0, 0]
  while unsafe fread(&row, 8, 4, file) == 4 {
    if let customer = SufficientStatistics(
      repeats: Int(row[0]), recency: row[1], age: row[2], meanSpend: row[0] > 0 ? row[3] : nil)
    {
      customers.append(customer)
    }
  }
  return customers
}

let arguments = CommandLine.arguments
guard arguments.count >= 2 else { fatalError("models-bench FILE [ROUNDS]") }
let rounds = arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1
let everybody = customers(at: arguments[1])

let (fitSeconds, fit) = timed(rounds) { BGNBD.fit(to: CompressedStatistics(everybody)) }
let (spendSeconds, spendFit) = timed(rounds) { GammaGamma.fit(to: everybody) }
guard let model = fit.model, let spend = spendFit.model,
  let plan = DiscountPlan(periods: 12, length: 4.345, rate: 0.01)
else { fatalError("no model was found") }
let (expectedSeconds, expected) = timed(rounds) {
  var forecast = PurchaseForecast(model, within: 52)
  return everybody.map { forecast($0) ?? 0 }
}
let (valueSeconds, values) = timed(rounds) {
  var forecast = PurchaseForecast(LifetimeValue(purchases: model, spend: spend, plan: plan))
  return everybody.map { forecast($0) ?? 0 }
}
print(
  """
  {"fit": \(fitSeconds), "spend_fit": \(spendSeconds), "expected": \(expectedSeconds), "clv": \(valueSeconds), \
  "distinct": \(CompressedStatistics(everybody).distinct), "evaluations": \(fit.evaluations), \
  "params": \(model.parameters), "spend": \(spend.parameters), "expected_sum": \(expected.reduce(0, +)), \
  "clv_sum": \(values.reduce(0, +)), "status": "\(fit.status.rawValue)"}
  """)
