import Networks
import Tensors

/// An optimizer written in Lua: a table with functions `step(self)` and `zero_grad(self)`, and a number `lr`.
final class ScriptedOptimizer: Optimizer {
  let parameters: [Tensor]
  private let table: LuaReference
  private let functions: (step: LuaReference, zero: LuaReference)
  private unowned let lua: LuaState

  /// What is kept between steps stays in Lua, so that an interrupted training starts over.
  let state: [(name: String, tensor: Tensor)] = []

  init(_ table: LuaReference?, for module: any Module, in state: LuaState) throws {
    guard let table, let step = try state.method("step", of: table),
      let zero = try state.method("zero_grad", of: table)
    else {
      throw ScriptFailure(
        "train: field 'optimizer': expected nj.optim.…, or a table with functions step and zero_grad")
    }
    (self.table, lua, functions) = (table, state, (step, zero))
    parameters = module.namedParameters.map(\.tensor)
  }

  var learningRate: Double {
    get { (try? lua.field("lr", of: table).map { try lua.value(of: $0).number ?? 0 }) ?? 0 }
    set { try? lua.setField("lr", of: table, to: newValue) }
  }

  func step() throws { _ = try lua.call(functions.step, [table]) }
  func zeroGradients() throws { _ = try lua.call(functions.zero, [table]) }
  func load(state: [String: Tensor]) throws {}
}
