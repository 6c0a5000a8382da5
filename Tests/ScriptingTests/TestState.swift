import Scripting

/// A host object that counts how many of its kind are alive in one test.
final class Vector: LuaHosted {
  static let luaClassName = "vector"
  final class Census { var alive = 0 }

  var elements: [Double]
  let census: Census

  init(_ elements: [Double], _ census: Census) {
    (self.elements, self.census) = (elements, census)
    census.alive += 1
  }

  deinit { census.alive -= 1 }
}
