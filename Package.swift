// swift-tools-version: 6.1
import PackageDescription

/// Kernels are loops over checked shapes; the checks Swift would repeat at every element are left out.
let kernelSettings: [SwiftSetting] = [.unsafeFlags(["-Ounchecked"], .when(configuration: .release))]

let package = Package(
  name: "nightjar",
  products: [.executable(name: "nightjar", targets: ["Nightjar"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CSndFile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
    .systemLibrary(name: "CSoxr", pkgConfig: "soxr", providers: [.apt(["libsoxr-dev"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "LuaBridge", dependencies: ["CLua"], cSettings: [.define("_GNU_SOURCE")]),
    .target(name: "Tensors", dependencies: ["COpenBLAS", "CXXHash"], swiftSettings: kernelSettings),
    .target(
      name: "ONNXSchema", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["onnx.proto", "README.md"]),
    .target(
      name: "Networks",
      dependencies: [
        "Tensors", "CZlib", "CHDF5", "ONNXSchema",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    .target(name: "Audio", dependencies: ["Tensors", "CSndFile", "CSoxr"]),
    .target(name: "FewShot", dependencies: ["Tensors", "Networks", "Audio"]),
    .target(name: "Metrics", dependencies: ["Tensors", "Networks", "Audio", "FewShot"]),
    .target(
      name: "Scripting",
      dependencies: ["LuaBridge", "CLua", "Tensors", "Networks", "Audio", "FewShot", "Metrics"]),
    .target(
      name: "Experiments",
      dependencies: [
        "Tensors", "Networks", "Audio", "FewShot", "Metrics", "Scripting",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(
      name: "Nightjar",
      dependencies: [
        "Experiments", "Scripting", "Metrics", "FewShot", "Audio", "Networks", "Tensors",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors", "TestSupport"]),
    .testTarget(
      name: "NetworksTests",
      dependencies: [
        "Networks", "ONNXSchema", "TestSupport",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    .testTarget(name: "AudioTests", dependencies: ["Audio", "TestSupport"]),
    .testTarget(name: "FewShotTests", dependencies: ["FewShot", "TestSupport"]),
    .testTarget(name: "MetricsTests", dependencies: ["Metrics", "TestSupport"]),
    .testTarget(name: "ScriptingTests", dependencies: ["Scripting", "CLua", "TestSupport"]),
    .testTarget(name: "ExperimentsTests", dependencies: ["Experiments", "TestSupport"]),
    .testTarget(name: "NightjarTests", dependencies: ["Nightjar", "TestSupport"]),
    .executableTarget(
      name: "Fuzzer",
      dependencies: [
        "Scripting", "FewShot", "Audio", "Tensors",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], path: "Tests/Fuzzer", exclude: ["thread.supp"]),
    .target(name: "TestSupport", dependencies: ["Tensors"], path: "Tests/TestSupport"),
  ],
  swiftLanguageModes: [.v6]
)
