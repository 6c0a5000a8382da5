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
    return all.first { message.hasPrefix($0.beginning) && message.hasSuffix($0.end) }?.advice
  }

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
    ("attempt to mod a 'string'", "", "(\"%.3f\"):format(x)"),
    ("attempt to add a 'string'", "", "a .. b joins text; print(a, b) writes both"),
    ("add: argument ", "got string", "a .. b joins text; print(a, b) writes both"),
    ("size: argument 1 (dim)", "got nothing", "x.shape is the list of all lengths"),
    ("softmax: argument 1 (dim)", "got nothing", "x:softmax(-1) is along the last dimension"),
    ("log_softmax: argument 1 (dim)", "got nothing", "x:log_softmax(-1) is along the last dimension"),
    ("no_grad: argument 1", "got nothing", "nj.no_grad(function() … end)"),
    ("cat: argument 1 (tensors)", "got tensor", "a list: nj.cat({ x, y }, dim)"),
    ("stack: argument 1 (tensors)", "got tensor", "a list: nj.stack({ x, y }, dim)"),
    ("Sequential: argument 1 (parts)", "got module", "a list: nn.Sequential { first, second }"),
    ("save: argument 1 (path)", "", "the path comes first: nj.save(path, values)"),
    ("", "(parameters): expected list of tensors, got module", "m:parameters()"),
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
