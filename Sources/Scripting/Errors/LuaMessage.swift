import LuaHost
import Support

/// Messages of Lua, and of arguments that do not fit, that a habit of Python leads to, and what to write instead.
enum LuaMessage {
  /// The advice for a message; nil for any other.
  static func advice(for message: String) -> String? {
    if let match = message.firstMatch(of: /^bad argument #\d+ to '(\w+)' \(number expected, got tensor\)/) {
      let name = String(match.1)
      return LuaClass.tensor.methods.contains { $0.name == name }
        ? "x:\(name)() of a tensor, x:item() for the number of one element"
        : "x:item() is the number of a tensor with one element"
    }
    if let match = message.firstMatch(
      of: /^([A-Z]\w+): (takes no arguments, got|argument 1 \(\w+\): expected .*, got tensor$)/)
    {
      return layerAdvice(String(match.1))
    }
    return all.first { message.hasPrefix($0.beginning) && message.hasSuffix($0.end) }?.advice
  }

  /// Of `nn.ReLU(x)`; nil where there is no such layer.
  private static func layerAdvice(_ name: String) -> String? {
    guard let layer = LayerBindings.module.functions.first(where: { $0.name == name }) else { return nil }
    let call = "a layer is made first, then called: nn.\(name)(\(layer.parameters.isEmpty ? "" : "…"))(x)"
    let method = LuaClass.tensor.methods.first { $0.name == name.lowercased() }
    return method.map { "\(call), or x:\($0.name)()" } ?? call
  }

  /// Of `x.shape[0] * 2`.
  private static let countAdvice =
    "there is nothing at this index; lists count from 1: x.shape[1] is the first length, #x.shape their number"

  /// Of `x[1][1]`.
  private static let elementAdvice =
    "x[1] of a list of numbers, or of a tensor with one dimension, is a number: no x[1]:item(), and x[1] = w sets it"

  private static let all: [(beginning: String, end: String, advice: String)] = [
    (
      "attempt to call a table value", "(for iterator 'for iterator')",
      "for i, x in ipairs(list) do … end; pairs(table) for names"
    ),
    (
      "attempt to call a tensor value", "(for iterator 'for iterator')",
      "for i, row in ipairs(x) do … end; x:totable() is a list of numbers"
    ),
    ("attempt to index a number value (field '", "integer index')", elementAdvice),
    ("attempt to index a number value (field '", "?')", elementAdvice),
    ("attempt to get length of a number value (field '", "integer index')", elementAdvice),
    ("attempt to get length of a number value (field '", "?')", elementAdvice),
    ("attempt to perform arithmetic on a nil value (field '", "integer index')", countAdvice),
    ("attempt to perform arithmetic on a nil value (field '", "?')", countAdvice),
    ("attempt to index a nil value (field '", "integer index')", countAdvice),
    (
      "attempt to call a table value (method 'shape')", "",
      "x.shape is the list of lengths, x:size(dim) is one"
    ),
    ("attempt to call a string value (method 'dtype')", "", "x.dtype, without ()"),
    (
      "bad argument #1 to 'pairs' (table expected, got tensor)", "",
      "for i, row in ipairs(x) do … end, or for i = 1, #x do … end"
    ),
    ("tensor: 'requires_grad' cannot be set", "", "x:requires_grad_(false), or true"),
    ("tensor: 'data' cannot be set", "", "nj.no_grad(function() x:copy_(y) end)"),
    ("tensor: 'shape' cannot be set", "", "x = x:reshape(…)"),
    ("attempt to mod a 'string'", "", "(\"%.3f\"):format(x)"),
    ("attempt to add a 'string'", "", "a .. b joins text; print(a, b) writes both"),
    ("add: argument ", "got string", "a .. b joins text; print(a, b) writes both"),
    ("size: argument 1 (dim)", "got nothing", "x.shape is the list of all lengths"),
    ("softmax: argument 1 (dim)", "got nothing", "x:softmax(-1) is along the last dimension"),
    ("log_softmax: argument 1 (dim)", "got nothing", "x:log_softmax(-1) is along the last dimension"),
    ("no_grad: argument 1", "", "nj.no_grad(function() … end), which returns what the function returns"),
    ("cat: argument 1 (tensors)", "got tensor", "a list: nj.cat({ x, y }, dim)"),
    ("stack: argument 1 (tensors)", "got tensor", "a list: nj.stack({ x, y }, dim)"),
    ("Sequential: argument 1 (parts)", "got module", "a list: nn.Sequential { first, second }"),
    ("save: argument 1 (path)", "", "the path comes first: nj.save(path, values)"),
    ("", "(parameters): expected list of tensors, got module", "m:parameters()"),
    ("", "(labels): expected tensor, got table", "nj.tensor({ 1, 2 }, { dtype = \"int32\" }), from 1"),
    ("", "expected tensor, got table", "nj.tensor { … } makes a tensor of a list"),
    (
      "", "(shape): expected integer or table of options or list of integers, got string",
      "{ dtype = \"float32\" } as the last argument"
    ),
    (
      "", "(shape): expected integer or list of integers, got table",
      "a shape is 2, 3 or { 2, 3 }; x:requires_grad_() after it is made"
    ),
    ("to: argument 1 (dtype)", "got 'cuda'", "there is one device, the processor; leave it out"),
    ("to: argument 1 (dtype)", "got 'cpu'", "there is one device, the processor; leave it out"),
    ("", "got 'int64'", "int32 is the type of integers"),
    ("", "got 'long'", "int32 is the type of integers"),
  ]
}
