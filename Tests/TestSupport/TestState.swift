import Foundation
import LuaHost
import Support

/// A host object for tests, which counts how many of its kind are alive.
package final class Vector: LuaHosted {
  package final class Census {
    package var alive = 0
  }

  package static let luaClassName = "vector"
  package static func nativeBytes(of storage: AnyObject) -> Int { fromLuaStorage(storage)?.weight ?? 0 }
  package var elements: [Double]
  let weight: Int
  let census: Census

  package init(_ elements: [Double], weight: Int = 0, _ census: Census) {
    self.elements = elements
    self.weight = weight
    self.census = census
    census.alive += 1
  }

  deinit { census.alive -= 1 }
}

/// A structure, held in a box.
package struct Point: LuaHosted {
  package static let luaClassName = "point"
  let x: Int
}

/// An error that holds a host object.
package struct VectorError: NightjarError {
  let payload: Payload
  package var exitCode: ExitCode { .limit }
  package var message: ErrorMessage { "vector: too long" }

  package final class Payload: Sendable {
    package nonisolated(unsafe) static var alive = 0
    init() { Self.alive += 1 }
    deinit { Self.alive -= 1 }
  }
}

/// A state with vectors and a `nightjar` module to test with.
package struct TestState {
  package let state: LuaState
  package let census = Vector.Census()

  /// - Parameters:
  ///   - functions: further functions of the module.
  ///   - classes: further classes.
  package init(seed: UInt64 = 1, functions: [LuaFunction] = [], classes: [LuaClass] = []) throws {
    state = try LuaState(seed: seed)
    state.attach(census)
    try state.register(.scope)
    try state.register(Self.vectorClass)
    try state.register(
      LuaClass(
        Point.self, "A point", methods: [],
        properties: [
          LuaProperty("x", "", "integer") { call in call.push(try call.object(0, Point.self).x) }
        ]))
    for description in classes { try state.register(description) }
    try state.install(
      LuaModule(
        "nightjar", "", functions: [.scope] + functions + Self.functions,
        values: [("version", "", "1.0")],
        properties: [LuaProperty("answer", "", "integer") { call in call.push(42) }],
        modules: [
          LuaModule(
            "nn", "", functions: [LuaFunction("one", "", returns: "integer") { call in call.push(1) }])
        ]))
  }

  @discardableResult
  package func run(_ text: String, path: String = "test.lua") throws -> [LuaValue] {
    // The module comes as an argument, so that a test's own lines count from 2.
    let function = try state.load("local nj = ...\n" + text, path: path, environment: state.makeEnvironment())
    return try state.call(function, [state.module("nightjar").luaValue])
  }

  /// The message of the failure a script ends with; a note when it does not fail.
  package func message(_ text: String, path: String = "test.lua") -> String {
    do {
      try run(text, path: path)
      return "(no failure)"
    } catch { return (error as? ScriptError)?.line ?? "\(error)" }
  }
}

extension TestState {
  private static func vector(_ call: LuaCall, _ argument: Int) throws -> Vector { try call.object(argument) }

  static let functions = [
    LuaFunction(
      "vector", "", [.numbers("elements"), .integer("weight", default: 0, min: 0)], returns: "vector"
    ) { call in
      try call.push(Vector(call.numbers(1), weight: call.integer(2), call.state.attached()))
    },
    LuaFunction("fail", "") { _ in throw VectorError(payload: VectorError.Payload()) },
    LuaFunction("apply", "", [.function("f"), .rest("arguments")], returns: "any") { call in
      let arguments = try (2..<(call.count + 1)).map { try call.value($0) }
      return try call.push(all: call.state.call(call.function(1), arguments))
    },
    LuaFunction("echo", "", [.any("value", optional: true)], returns: "any") { call in
      try call.push(call.value(1))
    },
    LuaFunction("sizes", "", [.sizes("shape")], returns: "list") { call in
      try call.push(call.integers(from: 1))
    },
    LuaFunction("point", "", [.integer("x")]) { call in try call.push(Point(x: call.integer(1))) },
    LuaFunction("count", "", [.integer("n", max: 10)]) { call in
      let n = try call.integer(1)
      let box = Counter()
      return try call.push(function: "next") { call in
        box.value += 1
        return box.value > n ? try call.push(LuaValue.nil) : call.push(box.value)
      }
    },
    LuaFunction(
      "mfcc", "",
      [
        .object("waveforms", "vector"),
        .options(
          "options",
          [
            .integer("n_mfcc", default: 20, min: 1), .number("rate", default: 16000),
            .choice("scale", ["htk", "slaney"], default: "htk"),
            .integers("bands", optional: true), .function("window", optional: true),
          ]),
      ]
    ) { call in
      let options = try call.options(2)
      return try call.push(
        options.integer("n_mfcc"), options.number("rate"), options.string("scale"), options["bands"])
    },
  ]

  private final class Counter: @unchecked Sendable { var value = 0 }

  static let vectorClass = LuaClass(
    Vector.self, "A vector",
    methods: [
      LuaFunction("size", "", [.integer("dim", default: 1)], returns: "integer") { call in
        _ = try call.integer(1)
        return call.push(try vector(call, 0).elements.count)
      },
      LuaFunction("reshape", "", [.integers("shape")], returns: "vector") { call in call.push(argument: 0) },
      LuaFunction("map", "", [.function("f")], returns: "vector") { call in
        let f = try call.function(1)
        let mapped = try vector(call, 0).elements.map { try call.state.call(f, [$0]).first?.number ?? 0 }
        return try call.push(Vector(mapped, call.state.attached()))
      },
    ],
    properties: [
      LuaProperty(
        "first", "", "number",
        set: (
          .number,
          { call in
            try vector(call, 0).elements[0] = call.number(1)
            return .nothing
          }
        )
      ) { call in call.push(try vector(call, 0).elements[0]) }
    ],
    operators: [
      LuaFunction("__add", "", [.object("left", "vector"), .object("right", "vector")]) { call in
        let sum = zip(try vector(call, 1).elements, try vector(call, 2).elements).map(+)
        return try call.push(Vector(sum, call.state.attached()))
      },
      LuaFunction("__index", "", [.integer("i", min: 1)]) { call in
        let elements = try vector(call, 0).elements
        let i = try call.integer(1)
        guard i <= elements.count else {
          throw ScriptError("index: \(i) is past the end (\(elements.count))")
        }
        return call.push(elements[i - 1])
      },
      LuaFunction("__newindex", "", [.integer("i", min: 1), .number("value")]) { call in
        let vector = try vector(call, 0)
        let i = try call.integer(1)
        guard i <= vector.elements.count else { throw ScriptError("index: \(i) is past the end") }
        vector.elements[i - 1] = try call.number(2)
        return .nothing
      },
      LuaFunction("__len", "") { call in call.push(try vector(call, 0).elements.count) },
      LuaFunction("__tostring", "") { call in call.push("vector\(try vector(call, 0).elements)") },
    ], holdsMemory: true)
}
