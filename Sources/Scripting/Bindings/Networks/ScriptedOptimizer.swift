import LuaHost
import Networks

/// An optimizer written in Lua: a table with functions `step(self)` and `zero_grad(self)`.
///
/// What it keeps between steps stays in Lua, so that an interrupted training starts over.
final class ScriptedOptimizer: GradientStep {
  private let table: LuaReference
  private let functions: (step: LuaReference, zero: LuaReference)
  private unowned let state: LuaState

  init(_ table: LuaReference?, in state: LuaState) throws {
    guard let table, let step = try state.method("step", of: table),
      let zero = try state.method("zero_grad", of: table)
    else {
      throw ScriptError(
        "train: field 'optimizer': expected nj.optim.…, or a table with functions step and zero_grad")
    }
    self.table = table
    self.state = state
    functions = (step, zero)
  }

  func step() throws { try state.call(functions.step, [table]) }
  func zeroGradients() throws { try state.call(functions.zero, [table]) }
}
