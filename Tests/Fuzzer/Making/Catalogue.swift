import LuaHost
import Scripting

/// One thing a script can do with the host, as its declaration says it.
struct Callable {
  enum Form {
    /// `nj.cat(…)`
    case function
    /// `t[1]:sum(…)`
    case method
    /// `x = t[1].shape`
    case reading
    /// `t[1].grad = …`
    case writing
    /// `t[1] + …`, named by its event.
    case `operator`
  }

  let form: Form
  /// The class it belongs to; empty for functions.
  let owner: String
  /// `nj.nn.Linear`, `sum`, `__add`.
  let name: String
  let parameters: [LuaParameter]
  /// What it gives, in the words of its declaration.
  let returns: String

  /// By which hints name it: `nj.nn.Linear`, `tensor.sum`.
  var path: String { owner.isEmpty ? name : "\(owner).\(name)" }
}

/// Everything a script can call: what the host declares, and Lua's own libraries, which the host cuts and replaces.
struct Catalogue {
  let host: [Callable]
  /// The part of it that works with data sets.
  let data: [Callable]
  /// The part of it that needs none.
  let rest: [Callable]
  let library = LibraryFunctions.all

  init() {
    let parts = Self.functions(of: NightjarModule.module, named: "nj")
    host = parts + NightjarModule.classes.flatMap(Self.members)
    let classes: Set = ["words", "batches", "batch", "fscil_results"]
    data = host.filter {
      classes.contains($0.owner) || $0.name.hasPrefix("nj.fscil.")
        || ["nj.train", "nj.accuracy"].contains($0.name)
    }
    rest = host.filter { !classes.contains($0.owner) && !$0.name.hasPrefix("nj.fscil.") }
  }

  private static func functions(of module: LuaModule, named path: String) -> [Callable] {
    let functions = module.functions.map {
      Callable(
        form: .function, owner: "", name: "\(path).\($0.name)", parameters: $0.parameters, returns: $0.returns
      )
    }
    let properties = module.properties.map {
      Callable(form: .reading, owner: "", name: "\(path).\($0.name)", parameters: [], returns: $0.type)
    }
    return functions + properties
      + module.modules.flatMap { Self.functions(of: $0, named: "\(path).\($0.name)") }
  }

  private static func members(of type: LuaClass) -> [Callable] {
    func made(_ form: Callable.Form, _ function: LuaFunction) -> Callable {
      Callable(
        form: form, owner: type.name, name: function.name, parameters: function.parameters,
        returns: function.returns)
    }
    let properties = type.properties.flatMap { property in
      [
        Callable(
          form: .reading, owner: type.name, name: property.name, parameters: [], returns: property.type)
      ]
        + (property.assigned.map {
          [Callable(form: .writing, owner: type.name, name: property.name, parameters: [$0], returns: "")]
        } ?? [])
    }
    return type.methods.map { made(.method, $0) } + properties + type.operators.map { made(.operator, $0) }
  }
}
