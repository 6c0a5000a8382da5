/// The names that a Lua text uses, as far as they are written in it: globals, and paths into the host's modules.
///
/// Nothing is run, so that a name in a branch that is seldom taken counts too.
package struct SourceNames {
  /// A global that is read or set.
  package struct Global: Equatable {
    package let name: String
    package let line: Int
    package let isSet: Bool
    /// The local variables that are visible there.
    package var locals: [String] = []
  }

  /// A path such as `nj.nn.Conv1d` that starts at a module of the host: `["nn", "Conv1d"]` in `nightjar`.
  package struct Path: Equatable {
    package let module: String
    package let names: [String]
    package let line: Int
    /// The arguments where the path is called.
    package var arguments: Arguments?
  }

  /// The arguments of a call, as written.
  package struct Arguments: Equatable {
    /// The keys of each argument that is a table constructor with names only; nil for any other argument.
    package var keys: [[Key]?] = []
    /// Whether the last argument may stand for several, or none: a call, or `...`.
    package var isOpen = false
  }

  /// A name in a table constructor.
  package struct Key: Equatable {
    package let name: String
    package let line: Int
  }

  /// A statement that Lua compiles, and that cannot do what it is meant to.
  package struct Habit: Equatable {
    package enum Kind: Equatable {
      /// `for x in { 1, 2 } do`.
      case loopOverTable
      /// `local a, b = x.shape`.
      case unpackedShape
      /// `x.shape[0]`, `x.shape[-1]`.
      case shapeIndex(String)
    }

    package let kind: Kind
    package let line: Int
  }

  package internal(set) var globals: [Global] = []
  /// Habits of other languages.
  package internal(set) var habits: [Habit] = []
  /// What the text gives to `require`.
  package internal(set) var required: Set<String> = []
  package internal(set) var paths: [Path] = []
  /// Names of methods that are called, `x:name()`.
  package internal(set) var methods: [Key] = []
  /// Names of fields that the text sets, in constructors or by assignment.
  package internal(set) var fields: Set<String> = []
  /// Whether the text names `_ENV`, which can make any name anything.
  package internal(set) var changesEnvironment = false

  /// Reads the names of a text that Lua compiles.
  package init(_ text: String) {
    var reader = NameReader(LuaLexer(text).tokens)
    reader.block()
    self = reader.names
  }

  init() {}
}
