import CLua
import LuaBridge

/// What lies in a table, without a copy of the rest.
extension LuaStack {
  /// A host object in a table, or a table with such in it.
  package enum Entry {
    case object(LuaObject)
    case table([(key: String, entry: Entry)])
  }

  /// The host objects in the table at `index` and the tables in it, by key: the list part first, from "1", then names
  /// in order. Numbers, strings and functions are passed over; so are tables nested more than `depth` deep.
  package func entries(_ index: Int32, depth: Int = 8) throws -> [(key: String, entry: Entry)] {
    let index = absolute(index)
    try reserve(4)
    var listed: [(place: Int, entry: Entry)] = []
    var named: [(key: String, entry: Entry)] = []
    pushNil()
    // Nothing here runs a script, so the table does not change while it is walked.
    while lua_next(thread, index) != 0 {
      if let entry = try entry(-1, depth: depth) {
        if let place = integer(-2) { listed.append((place, entry)) }
        if let name = string(-2) { named.append((name, entry)) }
      }
      pop()
    }
    return listed.sorted { $0.place < $1.place }.map { (String($0.place), $0.entry) }
      + named.sorted { $0.key < $1.key }
  }

  private func entry(_ index: Int32, depth: Int) throws -> Entry? {
    switch kind(index) {
    case .userdata:
      guard let object = nj_to_object(thread, index), object.pointee.object != nil else { return nil }
      return .object(try state.object(object))
    case .table where depth > 0:
      let inner = try entries(index, depth: depth - 1)
      return inner.isEmpty ? nil : .table(inner)
    default: return nil
    }
  }
}
