import Foundation
import Testing

/// Package.swift says what each target depends on; the files of the target say what they import. Both are the same.
@Suite struct ModuleTests {
  /// What comes with Swift, and what every test has.
  private static let ofTheToolchain: Set = [
    "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization", "Testing",
  ]

  @Test(arguments: try Manifest().targets)
  func declaresExactlyWhatItImports(_ target: Manifest.Target) throws {
    let imported = try Checkout.swiftFiles(in: target.path).reduce(into: Set<String>()) { modules, file in
      let text = try String(contentsOfFile: Checkout.root + "/" + file, encoding: .utf8)
      for line in text.split(separator: "\n") {
        if let module = line.firstMatch(of: /^(?:@\w+ )?(?:\w+ )?import (?:\w+ )?(\w+)/)?.1 {
          modules.insert(String(module))
        }
      }
    }
    .subtracting(Self.ofTheToolchain)
    // Tests of the command run the program instead of importing it.
    let declared = target.dependencies.subtracting(["Nightjar"])
    #expect(imported.subtracting(declared).sorted() == [], "imported, but not declared")
    #expect(declared.subtracting(imported).sorted() == [], "declared, but never imported")
  }

  /// Targets stand in Package.swift from the ground up.
  @Test func dependenciesPointDown() throws {
    var above: Set<String> = []
    for target in try Manifest().targets.reversed() {
      above.insert(target.name)
      #expect(
        target.dependencies.isDisjoint(with: above), "\(target.name) depends on a target below it in the file"
      )
    }
  }

  @Test func luaStaysInTwoModules() throws {
    let knowing = try Manifest().targets.filter {
      $0.dependencies.contains("LuaHost") && $0.path.hasPrefix("Sources/")
    }
    #expect(Set(knowing.map(\.name)) == ["Scripting", "Experiments", "Nightjar"])
    let host = try #require(Manifest().targets.first { $0.name == "LuaHost" })
    #expect(host.dependencies == ["Support", "LuaBridge", "CLua"], "LuaHost knows no tensor")
  }
}

/// The Swift targets of Package.swift, read as text.
struct Manifest {
  struct Target: Sendable, CustomTestStringConvertible {
    let name: String
    /// From the root of the checkout.
    let path: String
    let dependencies: Set<String>
    var testDescription: String { name }
  }

  let targets: [Target]

  init() throws {
    let text = try String(contentsOfFile: Checkout.root + "/Package.swift", encoding: .utf8)
    // Products of other packages are named once, at the top.
    let products = Dictionary(
      uniqueKeysWithValues: text.matches(of: /let (\w+): Target\.Dependency = \.product\(\s*name: "(\w+)"/)
        .map {
          (String($0.1), String($0.2))
        })
    let declarations = text.matches(
      of:
        /\.(target|testTarget|executableTarget)\(\s*name: "(\w+)",?\s*(?:dependencies: \[([^\]]*)\])?([^\n]*)/
    )
    targets = declarations.compactMap { match in
      let name = String(match.2)
      let isTest = match.1 == "testTarget"
      let path = match.4.firstMatch(of: /path: "([^"]+)"/).map { String($0.1) }
      let words = (match.3 ?? "").matches(of: /"(\w+)"|(\w+)/).map { word in
        word.1.map(String.init) ?? products[String(word.2 ?? "")] ?? String(word.2 ?? "")
      }
      let target = Target(
        name: name, path: path ?? (isTest ? "Tests/" : "Sources/") + name, dependencies: Set(words))
      // Targets of C have no imports of this kind.
      return Checkout.swiftFiles(in: target.path).isEmpty ? nil : target
    }
  }
}
