/// A log-likelihood of up to four positive parameters, with its derivatives by them.
protocol LogLikelihood {
  /// How many parameters there are.
  var dimension: Int { get }
  /// Value and gradient, and the second derivatives where they are asked for.
  func derivatives(at parameters: SIMD4<Double>, order: DerivativeOrder) -> Derivatives
}

/// How many times a likelihood is differentiated.
enum DerivativeOrder {
  case first, second
}

/// A log-likelihood's value and derivatives by the parameters themselves.
struct Derivatives {
  var value: Double
  var gradient: SIMD4<Double>
  /// Zero where only first derivatives were asked for.
  var hessian = SymmetricMatrix()

  var isFinite: Bool {
    value.isFinite && gradient[0].isFinite && gradient[1].isFinite && gradient[2].isFinite
      && gradient[3].isFinite
  }

  /// The same by the logarithms of the parameters: g_i θ_i, and H_ij θ_i θ_j + δ_ij g_i θ_i.
  func byLogarithms(of parameters: SIMD4<Double>, dimension: Int) -> Derivatives {
    var result = Derivatives(value: value, gradient: gradient * parameters)
    for row in 0..<dimension {
      result.hessian[row] = hessian[row] * parameters * parameters[row]
      result.hessian[row, row] += result.gradient[row]
    }
    return result
  }
}
