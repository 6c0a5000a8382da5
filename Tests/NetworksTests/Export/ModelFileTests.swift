import Foundation
import Networks
import TestSupport
import Tensors
import Testing

/// Formats by their extensions, warnings about a model, and state files checked against one.
@Suite struct ModelFileTests {
  private let device = Device()

  private func linear() throws -> LinearLayer {
    var initialiser = Initialiser(seed: 1, device: device)
    return try LinearLayer(4, 3, with: &initialiser)
  }

  @Test(arguments: ["a.onnx", "A.ONNX", "a.nir", "a.h5", "a.safetensors", "a.npz"])
  func theEndingSaysTheFormat(_ path: String) throws {
    let content = try ModelFile.encode(linear(), for: path, input: .vector(channels: 4))
    #expect(!content.bytes.isEmpty && content.warnings.isEmpty)
  }

  @Test(arguments: ["a", "a.pt", "a.bin", ".onnx"]) func otherEndingsAreRefused(_ path: String) throws {
    let model = try linear()
    let error = #expect(throws: NetworkError.self) { try ModelFile.encode(model, for: path) }
    #expect(error?.description.contains("Hint: .onnx, .nir or .h5") == true)
  }

  @Test func theInputIsNeeded() throws {
    let model = try linear()
    let error = #expect(throws: NetworkError.self) { try ModelFile.encode(model, for: "a.onnx") }
    #expect(error == .missingExportInput)
    #expect(throws: NetworkError.self) { try ExportInput(time: 0, channels: 3) }
    #expect(throws: NetworkError.missingExportInput) { try ExportInput(time: nil, channels: nil) }
  }

  @Test func statesThatAWeightIsNoNumber() throws {
    let model = try linear()
    try model.weight.detached().assign(.nan)
    for path in ["a.onnx", "a.nir", "a.npz"] {
      let content = try ModelFile.encode(model, for: path, input: .vector(channels: 4))
      #expect(content.warnings == ["weight holds NaN or infinity; it is written as it is"])
    }
  }

  @Test func stateFilesAreCheckedAgainstTheModel() throws {
    let path = Fixtures.path("files/m5_small.pt")
    let model = try M5(channels: 16, classes: 20, on: device).network
    try model.load(file: path, for: "m5", on: device)
    let other = try M5(channels: 16, classes: 7, on: device).network
    let error = #expect(throws: NetworkError.self) { try other.load(file: path, for: "m5", on: device) }
    let text = error?.description ?? ""
    #expect(
      text.contains("does not fit m5")
        && text.contains("output.weight: the model has [7, 32], the file [20, 32]"))
    #expect(error?.exitCode == .data)
  }

  @Test func partsAreRenamed() throws {
    let names = StateNames(prefix: "net.", renamed: ["fc1": "output", "fc1.bias": "shift", "a.b": "c"])
    let expected = [
      ("net.fc1.weight", "output.weight"), ("net.fc1.bias", "shift"), ("net.a.b.x", "c.x"),
      ("net.a.x", "a.x"),
    ]
    let path =
      FileManager.default.temporaryDirectory.path + "/renamed.\(UInt64.random(in: 0 ... .max)).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let device = device
    func state(_ names: [String]) throws -> [(String, Tensor)] {
      try names.map { ($0, try .zeros([1], on: device)) }
    }
    try SafeTensors.write(state(expected.map(\.0) + ["other"]), to: path)
    // A model of no tensors lists what it was offered.
    let error = #expect(throws: NetworkError.self) {
      try SequentialLayer([]).load(file: path, names: names, for: "it", on: device)
    }
    // The path of the file may contain any word.
    let message = try #require(error).description.replacing(path, with: "")
    for (_, own) in expected { #expect(message.contains(own), "\(own)") }
    #expect(!message.contains("other"))
  }

  @Test func anotherNameOfAPartIsFoundAndTaken() throws {
    let path =
      FileManager.default.temporaryDirectory.path + "/part.\(UInt64.random(in: 0 ... .max)).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let model = try SequentialLayer([("output", linear())])
    try SafeTensors.write(model.state.map { ("fc1." + $0.name.dropFirst(7), $0.tensor) }, to: path)
    let error = #expect(throws: NetworkError.self) { try model.load(file: path, for: "it", on: device) }
    guard case .fileMismatch(_, "it", let mismatch, _)? = error else {
      Issue.record("\(error?.description ?? "")")
      return
    }
    #expect(mismatch.renamedPart?.inState == "fc1" && mismatch.renamedPart?.inModule == "output")
    try model.load(file: path, names: StateNames(renamed: ["fc1": "output"]), for: "it", on: device)
    let nothing = #expect(throws: NetworkError.self) {
      try model.load(file: path, names: StateNames(prefix: "mod."), for: "it", on: device)
    }
    #expect(nothing?.description.contains("no name in it begins with \"mod.\"; the first is fc1.") == true)
  }

  @Test func aPrefixIsFoundAndTaken() throws {
    let path =
      FileManager.default.temporaryDirectory.path + "/prefix.\(UInt64.random(in: 0 ... .max)).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let model = try linear()
    try SafeTensors.write(
      model.state.map { ("module.\($0.name)", $0.tensor) } + [("step", .zeros([1], on: device))], to: path)
    let error = #expect(throws: NetworkError.self) { try model.load(file: path, for: "it", on: device) }
    guard case .fileMismatch(_, "it", let mismatch, _)? = error else {
      Issue.record("\(error?.description ?? "")")
      return
    }
    #expect(mismatch.prefix == .inState("module.", isCommon: false))
    try model.load(file: path, names: StateNames(prefix: "module."), for: "it", on: device)
  }
}
