import Tensors

/// The classes and functions that a state file may name. None of them is ever run: each stands for a shape of data.
enum PickleGlobal: Equatable {
  case orderedDictionary
  /// `collections.Counter`, which PyTorch's schedulers keep milestones in.
  case counter
  case size
  case device
  case rebuildTensor
  case rebuildParameter
  case storage(StoredType)
  /// An element type, which becomes its name.
  case elementType(String)

  private static let known: [String: PickleGlobal] = {
    var known: [String: PickleGlobal] = [
      "collections.OrderedDict": .orderedDictionary, "collections.Counter": .counter, "torch.Size": .size,
      "torch.device": .device, "torch._utils._rebuild_tensor_v2": .rebuildTensor,
      "torch._utils._rebuild_parameter": .rebuildParameter,
    ]
    let storages: [String: StoredType] = [
      "Float": .float32, "Double": .float64, "Half": .float16, "BFloat16": .bfloat16, "Long": .int64,
      "Int": .int32,
      "Short": .int16, "Char": .int8, "Byte": .uint8, "Bool": .bool,
    ]
    for (name, type) in storages {
      known["torch.\(name)Storage"] = .storage(type)
      known["torch.\(type.rawValue)"] = .elementType("torch.\(type.rawValue)")
    }
    return known
  }()

  /// What `module.name` stands for; nil for all that state files do not need.
  init?(_ name: String) {
    guard let found = Self.known[name] else { return nil }
    self = found
  }

  /// As Python calls it.
  var name: String { Self.known.first { $0.value == self }?.key ?? "a class" }
}
