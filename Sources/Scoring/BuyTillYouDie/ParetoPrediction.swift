/// The distribution of a Pareto/NBD customer's purchases in a time that starts at the as-of day.
///
/// Given that the customer is alive, the purchase rate and the rate of leaving are independent, with posteriors
/// Gamma(n, α+T) and Gamma(s, β+T). So the time of leaving has a Pareto density, and the count until then is negative
/// binomial: P(y) = S(t) nb(y; t) + ∫_0^t f(τ) nb(y; τ) dτ. The integral is taken by Gauss's rule with 16 nodes on each
/// of eight parts.
struct ParetoPrediction {
  /// A time of leaving: its weight, ln nb(y; τ) for the present y, and z = τ/(α+T+τ).
  private struct Node {
    let weight: Double
    var logCount: Double
    let z: Double
  }

  private var nodes: [Node] = []
  private let alive: Double
  private let n: Double

  init(_ model: ParetoNBD, _ customer: SufficientStatistics, within time: Double) {
    alive = model.probabilityAlive(customer)
    n = model.r + Double(customer.repeats)
    let (start, rate) = (model.beta + customer.age, model.alpha + customer.age)
    func add(_ moment: Double, _ weight: Double) {
      let logStay = -n * logarithmOfOnePlus(moment / rate)
      nodes.append(Node(weight: weight, logCount: logStay, z: moment / (rate + moment)))
    }
    let parts = 8
    let half = time / Double(2 * parts)
    for part in 0..<parts {
      let middle = half * Double(2 * part + 1)
      for (offset, weight) in zip(Self.offsets, Self.weights) {
        for moment in [middle - half * offset, middle + half * offset] {
          let survival = exponential(-model.s * logarithmOfOnePlus(moment / start))
          add(moment, half * weight * model.s * survival / (start + moment))
        }
      }
    }
    add(time, exponential(-model.s * logarithmOfOnePlus(time / start)))
  }

  func probabilities(upTo level: Double) -> [Double] {
    var nodes = nodes
    var probabilities: [Double] = []
    var sum = 0.0
    while sum < level && probabilities.count < PurchaseCount.most {
      let y = Double(probabilities.count)
      var probability = CompensatedSum()
      for index in nodes.indices {
        probability += nodes[index].weight * exponential(nodes[index].logCount)
        nodes[index].logCount += logarithm((n + y) / (y + 1) * nodes[index].z)
      }
      let total = alive * probability.value + (y == 0 ? 1 - alive : 0)
      probabilities.append(total)
      sum += total
      // What is left is less than rounding takes from the sum.
      if sum > 0.5, total < PurchaseCount.negligible { break }
    }
    return probabilities
  }

  /// Half of the nodes of Gauss and Legendre's rule with 16 of them; the others mirror them.
  private static let offsets = [
    0.09501250983763744, 0.2816035507792589, 0.45801677765722737, 0.6178762444026438,
    0.755404408355003, 0.8656312023878318, 0.9445750230732326, 0.9894009349916499,
  ]
  private static let weights = [
    0.1894506104550685, 0.18260341504492358, 0.16915651939500254, 0.14959598881657676,
    0.12462897125553388, 0.0951585116824928, 0.062253523938647894, 0.027152459411754096,
  ]
}
