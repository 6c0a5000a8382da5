import Figures
import LuaHost
import Support
import Tensors

extension Figure: LuaHosted {
  public static var luaClassName: String { "figure" }
  public var luaStorage: AnyObject { FigureHandle(self, charge: nil) }
  public static func fromLuaStorage(_ storage: AnyObject) -> Figure? { (storage as? FigureHandle)?.figure }
  public static func nativeBytes(of storage: AnyObject) -> Int { fromLuaStorage(storage)?.byteCount ?? 0 }
}

/// A figure that a script holds; its points count towards the memory budget.
final class FigureHandle: LuaHosted {
  static let luaClassName = Figure.luaClassName
  let figure: Figure
  private let charge: MemoryCharge?

  fileprivate init(_ figure: Figure, charge: MemoryCharge?) {
    self.figure = figure
    self.charge = charge
  }

  /// - Throws: `TensorError.budgetExceeded`
  convenience init(_ figure: Figure, by call: LuaCall) throws {
    let charge = try MemoryCharge(
      figure.byteCount, on: call.context.device, operation: "figure", shape: [figure.pointCount])
    self.init(figure, charge: charge)
  }
}

extension LuaClass {
  /// The class of figures in scripts.
  static let figure = LuaClass(
    Figure.self, "A figure, to display as text or to save as a picture",
    methods: [
      LuaFunction(
        "save", "Draws it into a file: .png, .svg or .pdf (by gnuplot), or .txt; returns the figure",
        [.string("path")], returns: "figure"
      ) { call in
        let figure = try call.object(0, Figure.self)
        try call.write(to: call.string(1)) { try figure.bytes(for: $0) }
        return call.push(argument: 0)
      },
      LuaFunction(
        "text", "The figure in characters", [.integer("width", default: 80, min: 32, max: 1000)],
        returns: "string"
      ) { call in
        let figure = try call.object(0, Figure.self)
        let width = try call.integer(1)
        return call.push(try UninterruptibleWork.run("text") { figure.text(width: width) })
      },
    ],
    operators: [
      LuaFunction("__tostring", "The figure in characters, 80 wide", returns: "string") { call in
        let figure = try call.object(0, Figure.self)
        return call.push(try UninterruptibleWork.run("text") { figure.text() })
      }
    ], holdsMemory: true)
}
