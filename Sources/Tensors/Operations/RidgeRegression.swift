extension Tensor {
  /// The W, `[features, targets]`, for which |X·W − Y|² + penalty·|W|² is least, X being this tensor,
  /// `[samples, features]`, and Y `targets`, `[samples, targets]` or `[samples]`, for which W is `[features]`.
  ///
  /// Computed in float64 from the eigenvectors of XᵀX: penalties down to the rounding of float64 count, where float32
  /// would lose them. Directions whose eigenvalue is below that rounding get no weight. Has no gradient. Source: Hoerl
  /// and Kennard 1970, *Ridge regression*.
  ///
  /// - Throws: ``TensorError/notSolvable(operation:reason:)`` for elements that are not finite, or when the iteration
  ///   does not converge; another ``TensorError`` for shapes that do not fit, or more memory than the budget has.
  public func ridge(_ targets: Tensor, penalty: Double) throws -> Tensor {
    try requireMatrix("ridge")
    try requireDecomposable("ridge")
    try targets.requireFloat("ridge")
    guard targets.rank == 1 || targets.rank == 2, targets.shape[0] == shape[0] else {
      throw TensorError.shapeMismatch(
        operation: "ridge", left: shape, right: targets.shape,
        hint: "the targets are (\(shape[0])) or (\(shape[0]), targets)")
    }
    let rows = shape[0]
    let columns = shape[1]
    let count = targets.rank == 1 ? 1 : targets.shape[1]
    try targets.reshaped([rows, count]).requireDecomposable("ridge")
    let result = targets.rank == 1 ? [columns] : [columns, count]
    guard columns > 0, count > 0, rows > 0 else { return try .zeros(result, on: device) }
    let doubles = 5 * columns * columns + (rows + 4 * columns) * count + rows * columns
    let charge = try MemoryCharge(8 * doubles, on: device, operation: "ridge", shape: shape)
    defer { withExtendedLifetime(charge) {} }
    let samples = try detached().floatValues.map(Double.init)
    let sides = try targets.detached().floatValues.map(Double.init)
    let solution = try Self.lapack("ridge", max(rows, columns), columns) {
      Lapack.ridge(samples, sides, rows: rows, columns: columns, targets: count, penalty: penalty)
    }
    guard let solution else { throw Self.notConverged("ridge", shape) }
    let weights = try Tensor(solution.map(Float.init), shape: result, on: device)
    return try WithoutGradient(name: "ridge")(self, weights)
  }
}
