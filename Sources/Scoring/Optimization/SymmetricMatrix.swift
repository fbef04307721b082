/// A symmetric matrix of up to four rows: second derivatives, or covariances, of a model's parameters.
///
/// Rows and columns beyond the dimension in use are 0.
struct SymmetricMatrix: Equatable, Sendable {
  private var rows: (SIMD4<Double>, SIMD4<Double>, SIMD4<Double>, SIMD4<Double>) = (
    .zero, .zero, .zero, .zero
  )

  subscript(row: Int) -> SIMD4<Double> {
    get {
      switch row {
      case 0: rows.0
      case 1: rows.1
      case 2: rows.2
      default: rows.3
      }
    }
    set {
      switch row {
      case 0: rows.0 = newValue
      case 1: rows.1 = newValue
      case 2: rows.2 = newValue
      default: rows.3 = newValue
      }
    }
  }

  subscript(row: Int, column: Int) -> Double {
    get { self[row][column] }
    set { self[row][column] = newValue }
  }

  /// Sets an entry and its mirror image.
  mutating func set(_ row: Int, _ column: Int, _ value: Double) {
    self[row, column] = value
    self[column, row] = value
  }

  /// Adds factor · vector vectorᵀ.
  @inline(__always)
  mutating func add(outer vector: SIMD4<Double>, _ factor: Double) {
    let scaled = vector * factor
    rows.0 += scaled * vector[0]
    rows.1 += scaled * vector[1]
    rows.2 += scaled * vector[2]
    rows.3 += scaled * vector[3]
  }

  static func += (left: inout SymmetricMatrix, right: SymmetricMatrix) {
    left.rows = (
      left.rows.0 + right.rows.0, left.rows.1 + right.rows.1, left.rows.2 + right.rows.2,
      left.rows.3 + right.rows.3
    )
  }

  static prefix func - (matrix: SymmetricMatrix) -> SymmetricMatrix {
    var negative = SymmetricMatrix()
    for row in 0..<4 { negative[row] = -matrix[row] }
    return negative
  }

  /// The matrix times a vector.
  static func * (left: SymmetricMatrix, right: SIMD4<Double>) -> SIMD4<Double> {
    SIMD4(
      (left.rows.0 * right).sum(), (left.rows.1 * right).sum(), (left.rows.2 * right).sum(),
      (left.rows.3 * right).sum())
  }

  /// The lower triangle L with L Lᵀ = self for the rows in use, or nil where the matrix is not positive definite.
  private func cholesky(_ dimension: Int) -> SymmetricMatrix? {
    var lower = SymmetricMatrix()
    for row in 0..<dimension {
      for column in 0...row {
        var sum = self[row, column]
        for index in 0..<column { sum -= lower[row, index] * lower[column, index] }
        if row == column {
          guard sum > 0, sum.isFinite, sum > self[row, row] * 1e-14 else { return nil }
          lower[row, row] = sum.squareRoot()
        } else {
          lower[row, column] = sum / lower[column, column]
        }
      }
    }
    return lower
  }

  /// The x with self · x = vector, or nil where the matrix is not positive definite.
  func solving(_ vector: SIMD4<Double>, dimension: Int) -> SIMD4<Double>? {
    guard let lower = cholesky(dimension) else { return nil }
    var result = SIMD4<Double>.zero
    for row in 0..<dimension {
      var sum = vector[row]
      for index in 0..<row { sum -= lower[row, index] * result[index] }
      result[row] = sum / lower[row, row]
    }
    for row in (0..<dimension).reversed() {
      var sum = result[row]
      for index in row + 1..<max(row + 1, dimension) { sum -= lower[index, row] * result[index] }
      result[row] = sum / lower[row, row]
    }
    return result
  }

  /// The inverse, or nil where the matrix is not positive definite.
  func inverse(dimension: Int) -> SymmetricMatrix? {
    var inverse = SymmetricMatrix()
    for column in 0..<dimension {
      var unit = SIMD4<Double>.zero
      unit[column] = 1
      guard let solved = solving(unit, dimension: dimension) else { return nil }
      inverse[column] = solved
    }
    return inverse
  }

  static func == (left: SymmetricMatrix, right: SymmetricMatrix) -> Bool {
    (0..<4).allSatisfy { left[$0] == right[$0] }
  }
}
