import Tensors

extension Plugin {
  /// Makes sure that everything it needs is granted; asks the person where there is one.
  ///
  /// Looked at when the plugin is used, not when it is loaded: a list of plugins asks nothing.
  /// - Throws: ``CapabilityFailure`` with the flags to add.
  public func requireNeeds(in state: LuaState) throws {
    if needs.isEmpty { return }
    let session = try state.attached(Session.self)
    let missing = needs.filter { !session.capabilities.grants($0) }
    if missing.isEmpty { return }
    if try session.grant(missing, to: self) { return }
    let wants = missing.map(\.description).joined(separator: ", ")
    let flags = missing.map(\.flag).joined(separator: " ")
    throw CapabilityFailure(
      "plugin \(title) (\(path)) needs \(wants), which \(missing.count == 1 ? "is" : "are") not granted. "
        + "Mend: add \(flags)")
  }
}

extension Session {
  /// Asks the person, once for each plugin; without one to ask, or a folder to name, it is no.
  fileprivate func grant(_ needs: [Capability], to plugin: Plugin) throws -> Bool {
    guard let ask, needs.allSatisfy({ $0.target != nil }), !refused.contains(plugin.path) else {
      return false
    }
    // Opened before the question, so that what is granted is what the question shows.
    var wider = capabilities
    let wishes = try needs.map { need in
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
