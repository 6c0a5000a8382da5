import LuaHost
import Tensors

extension LuaTable {
  /// A batch as metrics and tests in Lua see it; classes and rows count from 1.
  ///
  /// - Parameters:
  ///   - predictions: classes; by default those of the highest scores, or the outputs where they are no scores.
  ///   - session: 0 before the first one, and where there are none.
  ///   - rows: the samples' places, from 0; nil where nobody knows.
  init(
    batchOf inputs: Tensor, outputs: LuaValue, predictions: LuaValue? = nil, labels: LuaValue,
    session: Int = 0, rows: [Int]?
  ) throws {
    self.init(fields: [
      ("inputs", inputs.luaValue), ("features", inputs.luaValue), ("outputs", outputs),
      ("predictions", try predictions ?? outputs.object(Tensor.self)?.bestClasses()?.luaValue ?? outputs),
      ("labels", labels), ("session", .integer(session)),
      ("index", rows.map { $0.map { $0 + 1 }.luaValue } ?? .nil),
    ])
  }
}

extension Tensor {
  /// The class of the highest score in each row, from 1; nil for what holds no scores (batch, classes).
  fileprivate func bestClasses() throws -> Tensor? {
    guard dtype == .float32, rank == 2 else { return nil }
    let best = try Extremum(maximum: true, dimension: 1).positions(in: self).values(as: Int32.self)
    return try .classes(best, on: device)
  }
}
