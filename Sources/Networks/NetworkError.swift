import Support
import Tensors

/// What goes wrong with networks, their state files and their exports.
///
/// The cases hold data; the texts here know no scripting language. Scripting makes those that a script's author reads.
public enum NetworkError: NightjarError, Equatable {
  /// A module without a readout: none of its parts is named `readout`, and none is a Linear or LeakyReadout layer.
  case noReadout(module: String)
  /// A module defined by its user, who has to say which part of it is the readout.
  case noReadoutFunction(module: String)
  /// A state whose names or shapes differ from the module's.
  case stateMismatch(StateMismatch)
  /// A state file that does not fit the model it was loaded for; `names` are those that were applied to the file.
  case fileMismatch(path: String, model: String, StateMismatch, names: StateNames)
  /// A layer, optimizer or module with an argument out of range.
  case badLayer(layer: String, reason: String, hint: String? = nil)
  /// A module whose parts are nested more than ``Nesting/maxDepth`` deep, or that contains itself.
  case tooDeep(module: String)
  /// An optimizer that was given something other than leaf tensors that require a gradient.
  case notParameters(optimizer: String)
  /// A tensor of an optimizer's state that does not fit its parameter.
  case badOptimizerState(tensor: String, reason: String)
  /// An operation that failed inside a part of a network; `path` is the part's dotted name.
  case inLayer(path: String, layer: String, underlying: TensorError)
  /// A layer that cannot be exported; `path` is its dotted name, empty for the model itself.
  case notExportable(path: String, layer: String, ExportProblem)
  /// The sizes of the exported model's input were not given.
  case missingExportInput
  /// A file that cannot be written as requested: a path, size or time step out of range.
  case badArgument(operation: String, reason: String, hint: String? = nil)
  /// A state file that cannot be read.
  case badFile(path: String, reason: String, hint: String? = nil)

  /// Why a layer cannot be exported.
  public enum ExportProblem: Sendable, Equatable {
    /// The layer is defined by its user, so what it computes is unknown.
    case notBuiltIn(format: String)
    /// The format has no counterpart, or the layer's input does not fit.
    case unsupported(String, hint: String? = nil)
  }

  public var exitCode: ExitCode {
    switch self {
    case .badFile, .fileMismatch: .data
    default: .script
    }
  }

  public var message: ErrorMessage {
    switch self {
    case .noReadout(let module):
      ErrorMessage(
        "\(module) has no readout",
        hint: "end the model with a Linear layer, or name its last part \"readout\"")
    case .noReadoutFunction(let module):
      ErrorMessage(
        "\(module) has no readout",
        hint: "define its features, up to the embedding, and its readout, from there to the class scores")
    case .stateMismatch(let mismatch):
      ErrorMessage(
        (["the state does not fit the model"] + mismatch.lines).joined(separator: "\n  "),
        hint: mismatch.prefix?.hint)
    case .fileMismatch(let path, let model, let mismatch, _):
      ErrorMessage(
        (["\(path) does not fit \(model)"] + mismatch.lines).joined(separator: "\n  "),
        hint: mismatch.prefix?.hint ?? "build the model with the options that it was trained with")
    case .badLayer(let layer, let reason, let hint): ErrorMessage("\(layer): \(reason)", hint: hint)
    case .tooDeep(let module):
      ErrorMessage(
        "\(module): its parts are nested more than \(Nesting.maxDepth) modules deep, or it is a part of itself",
        hint: "use a flat Sequential, and no module within itself")
    case .notParameters(let optimizer):
      ErrorMessage(
        "\(optimizer): a tensor is not a leaf that requires a gradient", hint: "pass the model's parameters")
    case .badOptimizerState(let tensor, let reason):
      ErrorMessage(
        "optimizer state: \(tensor) \(reason)", hint: "load the state of the same model's optimizer")
    case .inLayer(let path, let layer, let underlying):
      underlying.message.prefixed("in layer \(path), \(layer): ")
    case .notExportable(let path, let layer, let problem):
      problem.message.prefixed((path.isEmpty ? "" : "in layer \(path), ") + "\(layer): ")
    case .missingExportInput:
      ErrorMessage(
        "export: the model does not say the sizes of its input",
        hint: "give time steps and channels; only channels for (batch, channels), "
          + "only time steps for the indices of an Embedding")
    case .badArgument(let operation, let reason, let hint):
      ErrorMessage("\(operation): \(reason)", hint: hint)
    case .badFile(let path, let reason, let hint): ErrorMessage("cannot read \(path): \(reason)", hint: hint)
    }
  }
}

extension NetworkError.ExportProblem {
  public var message: ErrorMessage {
    switch self {
    case .notBuiltIn(let format):
      ErrorMessage(
        "it is not a built-in layer, so what it computes cannot be written as \(format)",
        hint: "build the model from Sequential, Residual and built-in layers, or export its state alone, as "
          + ".safetensors")
    case .unsupported(let reason, let hint): ErrorMessage(reason, hint: hint)
    }
  }
}

/// How a state differs from the module it was loaded into.
public struct StateMismatch: Sendable, Equatable {
  /// A tensor with the module's name and another shape.
  public struct Shape: Sendable, Equatable {
    public let name: String
    /// The module's shape.
    public let expected: [Int]
    /// The shape in the state.
    public let actual: [Int]

    public init(name: String, expected: [Int], actual: [Int]) {
      self.name = name
      self.expected = expected
      self.actual = actual
    }
  }

  /// Names of the module that the state does not have, in the module's order.
  public let missing: [String]
  /// Names of the state that the module does not have, sorted.
  public let unexpected: [String]
  /// Tensors whose shapes differ, in the module's order.
  public let shapes: [Shape]

  public init(missing: [String], unexpected: [String], shapes: [Shape]) {
    self.missing = missing
    self.unexpected = unexpected
    self.shapes = shapes
  }

  /// The prefix in which the names differ; nil otherwise.
  public var prefix: StatePrefix? { StatePrefix(missing: missing, unexpected: unexpected) }

  /// The one part that the state calls otherwise; nil when the names differ in more.
  public var renamedPart: (inState: String, inModule: String)? {
    guard let (theirs, theirEndings) = Self.part(of: unexpected), let (own, endings) = Self.part(of: missing),
      theirEndings == endings
    else { return nil }
    return (theirs, own)
  }

  /// A pattern that all unexpected names match, and no missing one: a common last or first part, or the one name; nil
  /// without such.
  public var commonPattern: String? {
    guard let first = unexpected.first else { return nil }
    if unexpected.count == 1 { return first.printable(limit: 80) }
    let last = first.split(separator: ".").last.map(String.init) ?? first
    if unexpected.allSatisfy({ $0 == last || $0.hasSuffix(".\(last)") }) { return "*\(last)" }
    let part = first.split(separator: ".").first.map(String.init) ?? first
    if unexpected.allSatisfy({ $0.hasPrefix("\(part).") }) { return "\(part).*" }
    return "PATTERN"
  }

  /// What differs, one line a kind and one a shape, for messages.
  public var lines: [String] {
    list("not in the file", missing) + list("not in the model", unexpected)
      + shapes.map { "\($0.name): the model has \($0.expected), the file \($0.actual)" }
      + (prefix.map { [$0.description] } ?? [])
  }

  private func list(_ label: String, _ names: [String]) -> [String] {
    guard !names.isEmpty else { return [] }
    let listed = names.prefix(8).joined(separator: ", ")
    return ["\(label): \(listed)" + (names.count > 8 ? " and \(names.count - 8) more" : "")]
  }

  /// The one part that all these tensors are of, and what they are called in it.
  private static func part(of names: [String]) -> (name: String, endings: Set<String>)? {
    let split = names.compactMap { name in
      name.lastIndex(of: ".").map { (String(name[..<$0]), String(name[name.index(after: $0)...])) }
    }
    guard split.count == names.count, let first = split.first, split.allSatisfy({ $0.0 == first.0 }) else {
      return nil
    }
    return (first.0, Set(split.map(\.1)))
  }
}

/// A prefix that the names of a state have and those of the model lack, or the reverse: `module.` of DataParallel,
/// `model.` of Lightning.
public enum StatePrefix: Sendable, Equatable, CustomStringConvertible {
  /// The state's names begin with it; `isCommon` when all names that the model does not have do.
  case inState(String, isCommon: Bool)
  /// The model's names begin with it.
  case inModel(String)

  /// The prefix that explains at least half of the missing names; nil when none does.
  init?(missing: [String], unexpected: [String]) {
    if let prefix = Self.prefix(of: unexpected, before: missing) {
      self = .inState(prefix, isCommon: unexpected.allSatisfy { $0.hasPrefix(prefix) })
    } else if let prefix = Self.prefix(of: missing, before: unexpected) {
      self = .inModel(prefix)
    } else {
      return nil
    }
  }

  /// The prefix after which the longer names are the shorter ones; nil otherwise for half of them.
  private static func prefix(of longer: [String], before shorter: [String]) -> String? {
    let wanted = Set(shorter)
    var counts: [Substring: Int] = [:]
    for name in longer {
      for dot in name.indices where name[dot] == "." {
        let rest = name.index(after: dot)
        if wanted.contains(String(name[rest...])) { counts[name[..<rest], default: 0] += 1 }
      }
    }
    let best = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
    guard let best, 2 * best.value >= shorter.count,
      best.key.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) })
    else { return nil }
    return String(best.key)
  }

  public var description: String {
    switch self {
    case .inState(let prefix, isCommon: true): "all names in the file begin with \"\(prefix)\""
    case .inState(let prefix, isCommon: false): "the model's names are in the file after \"\(prefix)\""
    case .inModel(let prefix): "the file's names are in the model after \"\(prefix)\""
    }
  }

  /// How to make the names equal.
  var hint: String {
    switch self {
    case .inState(let prefix, isCommon: true): "remove \"\(prefix)\" from the names"
    case .inState(let prefix, isCommon: false):
      "take the tensors whose names begin with \"\(prefix)\", without it"
    case .inModel(let prefix): "put \"\(prefix)\" before the names"
    }
  }
}
