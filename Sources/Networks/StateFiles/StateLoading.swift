import Foundation
import Support
import Tensors

extension Module {
  /// Loads a state file in any format that ``StateFile`` reads. Of the file only what the model has is read.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - names: how the file's names become the model's, and which may be left over.
  ///   - model: what messages call the model.
  ///   - device: where its tensors are read to.
  /// - Returns: remarks on what was passed over, one line each.
  /// - Throws: ``NetworkError/fileMismatch(path:model:_:names:)`` with both sides, when names or shapes differ; nothing
  ///   is changed then. ``NetworkError/badFile(path:reason:hint:)`` for a damaged file or a tensor that cannot be used,
  ///   `FileError` for a file that does not exist, and `TensorError` when the memory budget does not admit it.
  @discardableResult
  public func load(
    file path: String, names: StateNames = StateNames(), for model: String, on device: Device
  ) throws -> [String] {
    let own = Set(names: state.map(\.name))
    let entries = try StateFile.read(path, on: device) { name in
      names.modelName(of: name).map { own.contains($0) } ?? false
    }
    .entries
    var loaded: [Name: Tensor] = [:]
    var leftovers = StateLeftovers(names)
    for entry in entries {
      guard let name = names.modelName(of: entry.name) else { continue }
      guard own.contains(name) else {
        leftovers.add(entry, as: name)
        continue
      }
      if let problem = entry.problem, loaded[name] == nil {
        throw NetworkError.badEntry(entry.name, problem.reason, in: path)
      }
      loaded[name] = loaded[name] ?? entry.tensor
    }
    let isAnyNamed = entries.contains { names.modelName(of: $0.name) != nil }
    guard isAnyNamed || entries.isEmpty else {
      throw NetworkError.badFile(
        path: path,
        reason:
          "no name in it begins with \"\(names.prefix)\"; the first is \(entries[0].name.printable(limit: 80))"
      )
    }
    do { try load(state: loaded, besides: leftovers.unexpected) } catch NetworkError.stateMismatch(
      let mismatch)
    {
      throw NetworkError.fileMismatch(path: path, model: model, mismatch, names: names)
    }
    return leftovers.remarks
  }
}

/// The names of a state file that the model does not have: which may be passed over, and which are one too many.
private struct StateLeftovers {
  private let names: StateNames
  private(set) var unexpected: [String] = []
  private var ofProfilers: [String] = []
  private var unusable: [String] = []
  private var unused: Set<String>

  init(_ names: StateNames) {
    self.names = names
    unused = Set(names.ignored)
  }

  /// Adds an entry of the file; `name` is the model's for it.
  mutating func add(_ entry: StateValue.Entry, as name: String) {
    let matching = names.ignored.filter { matches(entry.name, $0) || matches(name, $0) }
    unused.subtract(matching)
    if !matching.isEmpty || entry.isAttribute { return }
    if StateNames.isOfProfiler(name) {
      ofProfilers.append(name)
    } else if let problem = entry.problem {
      unusable.append("\(name.printable(limit: 80)) (\(problem.type.printable(limit: 40)))")
    } else {
      unexpected.append(name)
    }
  }

  /// What was passed over without being asked to, and what was asked for in vain.
  var remarks: [String] {
    [
      remark("passed over what a profiler left", ofProfilers),
      remark("passed over, being no tensors", unusable),
      remark("nothing is left over that matches", unused.sorted()),
    ].compactMap(\.self)
  }

  private func remark(_ what: String, _ names: [String]) -> String? {
    guard !names.isEmpty else { return nil }
    let more = names.count > 4 ? " and \(names.count - 4) more" : ""
    return "\(what): \(names.prefix(4).joined(separator: ", "))\(more)"
  }

  /// Whether a name matches a pattern with `*` and `?`.
  private func matches(_ name: String, _ pattern: String) -> Bool { fnmatch(pattern, name, 0) == 0 }
}
