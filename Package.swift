// swift-tools-version: 6.1
import PackageDescription

/// Kernels are loops over checked shapes; the checks Swift would repeat at every element are left out.
let kernelSettings: [SwiftSetting] = [.unsafeFlags(["-Ounchecked"], .when(configuration: .release))]

let algorithms: Target.Dependency = .product(name: "Algorithms", package: "swift-algorithms")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let collections: Target.Dependency = .product(name: "OrderedCollections", package: "swift-collections")
let flyingFox: Target.Dependency = .product(name: "FlyingFox", package: "FlyingFox")
let flyingSocks: Target.Dependency = .product(name: "FlyingSocks", package: "FlyingFox")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")

// Targets are listed from the ground up; each imports only what stands above it in this file.
// Sources/README.md says what each is for.
let package = Package(
  name: "nightjar",
  products: [.executable(name: "nightjar", targets: ["Nightjar"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-algorithms", from: "1.2.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.2.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
  ],
  targets: [
    .systemLibrary(name: "CEditLine", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
    .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CSndFile", pkgConfig: "sndfile", providers: [.apt(["libsndfile1-dev"])]),
    .systemLibrary(name: "CSoxr", pkgConfig: "soxr", providers: [.apt(["libsoxr-dev"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "LuaBridge", dependencies: ["CLua"], cSettings: [.define("_GNU_SOURCE")]),
    .target(
      name: "ONNXSchema", dependencies: [protobuf], exclude: ["onnx.proto", "README.md"]),
    .target(
      name: "TensorBoardSchema", dependencies: [protobuf], exclude: ["event.proto", "README.md"]),
    .target(name: "QuietMPEG", cSettings: [.define("_GNU_SOURCE")]),
    .target(
      name: "VectorKernels",
      exclude: [
        "attention.inc", "depthwise.inc", "fourier.inc", "frames.inc", "kernels.inc", "pooled.inc",
        "product.inc",
        "random.inc", "rows.inc",
        "spikes.inc", "tiles.inc", "winograd.inc",
      ]),
    .target(name: "Support", dependencies: ["CXXHash"]),
    .target(
      name: "Tensors", dependencies: ["Support", "COpenBLAS", "VectorKernels"], swiftSettings: kernelSettings),
    .target(
      name: "Audio",
      dependencies: ["QuietMPEG", "VectorKernels", "Support", "Tensors", "CSndFile", "CSoxr"]),
    .target(
      name: "Networks", dependencies: ["Support", "Tensors", "ONNXSchema", "CZlib", protobuf]),
    .target(name: "Figures", dependencies: ["Support", algorithms]),
    .target(name: "RunStore", dependencies: ["Support", grdb], exclude: ["README.md"]),
    .target(name: "Metrics", dependencies: ["Support", "Tensors", "Networks", "Figures", collections]),
    .target(name: "Datasets", dependencies: ["Support", "Tensors", "Audio", algorithms]),
    .target(
      name: "FewShot",
      dependencies: ["Support", "Tensors", "Audio", "Networks", "Metrics", "Datasets", algorithms],
      exclude: ["README.md"]),
    .target(name: "LuaHost", dependencies: ["Support", "LuaBridge", "CLua"], exclude: ["README.md"]),
    .target(
      name: "Scripting",
      dependencies: [
        "Support", "Tensors", "Audio", "Networks", "Figures", "Metrics", "Datasets", "FewShot", "LuaHost",
        "CLua", collections,
      ]),
    .target(
      name: "Experiments",
      dependencies: [
        "Support", "Tensors", "Audio", "Networks", "Figures", "RunStore", "TensorBoardSchema", "Metrics",
        "Datasets", "FewShot", "LuaHost", "Scripting", flyingFox, flyingSocks, logging, protobuf,
      ], exclude: ["Slurm/README.md"]),
    .executableTarget(
      name: "Nightjar",
      dependencies: [
        "Support", "Tensors", "Audio", "Networks", "Figures", "RunStore", "Datasets", "LuaHost", "Scripting",
        "Experiments", "CEditLine", argumentParser, logging,
      ]),
    .target(
      name: "TestSupport", dependencies: ["Support", "Tensors", "Audio", "Datasets", "LuaHost", "CZlib"],
      path: "Tests/TestSupport"),
    .executableTarget(
      name: "Fuzzer",
      dependencies: [
        "Support", "Tensors", "Audio", "Networks", "Datasets", "LuaHost", "Scripting", "CSndFile",
        argumentParser,
      ], path: "Tests/Fuzzer", exclude: ["thread.supp"]),
    .testTarget(name: "RepositoryTests"),
    .testTarget(name: "SupportTests", dependencies: ["Support"]),
    .testTarget(name: "VectorKernelsTests", dependencies: ["VectorKernels"]),
    .testTarget(name: "TensorsTests", dependencies: ["Support", "Tensors", "TestSupport"]),
    .testTarget(name: "AudioTests", dependencies: ["Support", "Tensors", "Audio", "TestSupport"]),
    .testTarget(
      name: "NetworksTests",
      dependencies: ["Support", "Tensors", "Networks", "ONNXSchema", "TestSupport", protobuf]),
    .testTarget(name: "FiguresTests", dependencies: ["Figures", "TestSupport"]),
    .testTarget(name: "RunStoreTests", dependencies: ["RunStore", "TestSupport", grdb]),
    .testTarget(
      name: "MetricsTests",
      dependencies: ["Tensors", "Networks", "Figures", "Metrics", "TestSupport"]),
    .testTarget(name: "DatasetsTests", dependencies: ["Support", "Audio", "Datasets", "TestSupport"]),
    .testTarget(
      name: "FewShotTests",
      dependencies: [
        "Support", "Tensors", "Audio", "Networks", "Metrics", "Datasets", "FewShot", "TestSupport",
      ]),
    .testTarget(name: "LuaHostTests", dependencies: ["LuaHost", "CLua", "TestSupport"]),
    .testTarget(
      name: "ScriptingTests",
      dependencies: [
        "Support", "Tensors", "Audio", "Networks", "Figures", "Metrics", "LuaHost", "Scripting",
        "TestSupport",
      ]),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "Support", "Figures", "RunStore", "TensorBoardSchema", "Metrics", "Experiments", "TestSupport",
        protobuf,
      ]),
    .testTarget(
      name: "NightjarTests",
      dependencies: ["Support", "Tensors", "Audio", "Networks", "Nightjar", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
