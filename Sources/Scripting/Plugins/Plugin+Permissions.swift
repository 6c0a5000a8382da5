import LuaHost

extension Plugin {
  /// Makes sure that everything it needs is granted; asks the person where there is one.
  ///
  /// Looked at when the plugin is used, not when it is loaded: a list of plugins asks nothing.
  /// - Throws: ``CapabilityError`` with the flags to add.
  public func requirePermissions(in state: LuaState) throws {
    if permissions.isEmpty { return }
    let context = try state.attached(ScriptContext.self)
    let missing = permissions.filter { !context.capabilities.grants($0) }
    if missing.isEmpty { return }
    if try context.grant(missing, to: self) { return }
    let wants = missing.map(\.description).joined(separator: ", ")
    let flags = missing.map(\.flag).joined(separator: " ")
    throw CapabilityError(
      "plugin \(title) (\(path)) needs \(wants), which \(missing.count == 1 ? "is" : "are") not granted",
      hint: "add \(flags)")
  }
}

extension ScriptContext {
  /// Asks the person, once for each plugin; without one to ask, or a folder to name, it is no.
  fileprivate func grant(_ permissions: [Capability], to plugin: Plugin) throws -> Bool {
    guard let ask, permissions.allSatisfy({ $0.target != nil }), !refused.contains(plugin.path) else {
      return false
    }
    // Opened before the question, so that what is granted is what the question shows.
    var wider = capabilities
    let wishes = try permissions.map { need in
      let place = try wider.allow(need)
      return place.map { $0 == need.target ? need.summary : "\(need.summary) (\($0))" } ?? need.summary
    }
    let wish = wishes.joined(separator: ", and to ")
    guard try ask("plugin \(plugin.title) (\(plugin.path)) asks to \(wish). Allow?") else {
      refused.insert(plugin.path)
      return false
    }
    capabilities = wider
    return true
  }
}
