import Datasets
import FewShot
import Networks
import Support
import Tensors

/// The network that a state file is imported for or exported from, by its plugin.
public struct ModelRequest: Sendable {
  /// The model plugin, by name or file.
  public var model = "m5"
  /// The encoder plugin; nil for the model's own, or mfcc.
  public var encoder: String?
  /// Time steps of the input; nil for the encoder's for one second.
  public var time: Int?
  /// Channels of the input; nil for the encoder's.
  public var channels: Int?
  public var classes = Keywords.all.count
  /// `--set` pairs.
  public var settings: [(name: String, value: String)] = []
  /// The sample rate of MSWC's recordings, in Hz.
  private static let rate = 48_000

  /// The default options.
  public init() {}

  /// The request for the network of a bench: the model and its options by the results, the sizes by the weights.
  ///
  /// - Throws: `FileError` for a run without results or whose weights do not state the sizes of their network,
  ///   `NetworkError` for damaged weights.
  public init(run: RunSummary, on device: Device) throws {
    let results = try ResultFile.read(BenchResults.self, from: run.path + "/results.json")
    let weights = Self.weights(of: run)
    guard let sizes = NetworkTask(try SafeTensors.metadata(of: weights, on: device)) else {
      throw FileError(
        "take the model from", weights, reason: "it does not state the sizes of its network",
        hint: "give --state \(weights) with --model, --time, --channels and --classes")
    }
    model = results.model
    time = sizes.time
    channels = sizes.channels
    classes = sizes.classes
    settings = results.settings.filter { $0.key.hasPrefix("model.") }.sorted { $0.key < $1.key }
      .map { ($0.key, Self.text($0.value)) }
  }

  /// The path of the weights that a run of a bench writes.
  public static func weights(of run: RunSummary) -> String { run.path + "/weights.safetensors" }

  /// A value as `--set` takes it, from the literal in results: without the quotes around strings.
  private static func text(_ literal: String) -> String {
    literal.split(separator: ",", omittingEmptySubsequences: false).map { part in
      part.count > 1 && part.hasPrefix("'") && part.hasSuffix("'") ? part.dropFirst().dropLast() : part
    }.joined(separator: ",")
  }

  /// The network and its input.
  public struct Built {
    public let module: any Module
    public let input: ExportInput
    /// Its name with the sizes it was built for, for messages.
    public let title: String
    private let origin: NetworkOrigin

    init(_ module: any Module, _ input: ExportInput, _ origin: NetworkOrigin) {
      self.module = module
      self.input = input
      self.origin = origin
      title =
        "\(origin.model.name) for input (\(origin.time), \(origin.channels)) and \(origin.classes) classes"
    }

    /// What a file of its weights states.
    ///
    /// - Throws: `EncodingError`.
    public func metadata() throws -> [String: String] {
      var metadata = ["model": origin.model.name]
      try origin.write(to: &metadata)
      return metadata
    }

    /// Loads a state file into it; `names` say how the file's names become the model's.
    ///
    /// - Returns: remarks on what was passed over, one line each.
    /// - Throws: ``StateFileError`` when names or shapes differ; else as `Module.load(file:names:for:on:)`.
    public func load(file path: String, names: StateNames, on device: Device) throws -> [String] {
      do { return try module.load(file: path, names: names, for: title, on: device) } catch let error
        as NetworkError
      {
        throw StateFileError(error) ?? error
      }
    }
  }

  /// Builds the network, untrained.
  ///
  /// - Throws: `OptionError` for bad options, `ScriptError` of the plugins, `TensorError` for bad sizes.
  public func build(in host: ScriptHost) throws -> Built {
    var router = SettingRouter(settings.map { ($0.name, $0.value) })
    let chosen = try router.choice(host.library.plugin(.model, model, in: host.state))
    let name = encoder ?? chosen.plugin.encoder ?? "mfcc"
    let encoder = try router.choice(host.library.plugin(.encoder, name, in: host.state))
    try router.requireAllUsed()
    let needsShape = time == nil || channels == nil
    let shape = try needsShape ? encoder.featureShape(rate: Self.rate, in: host.state) : nil
    let sizes = (time: time ?? shape?.time ?? 1, channels: channels ?? shape?.channels ?? 1)
    try chosen.plugin.requirePermissions(in: host.state)
    let module = try chosen.build(
      time: sizes.time, channels: sizes.channels, classes: classes, in: host.state)
    return Built(
      module, try ExportInput(time: sizes.time, channels: sizes.channels),
      NetworkOrigin(
        model: PluginReference(chosen), encoder: PluginReference(encoder), time: sizes.time,
        channels: sizes.channels, classes: classes))
  }
}

extension NetworkTask {
  /// The sizes that a file of weights states; nil when it does not, or states impossible ones.
  fileprivate init?(_ metadata: [String: String]) {
    let sizes = ["time", "channels", "classes"].compactMap { metadata[$0].flatMap { Int($0) } }
    guard sizes.count == 3, sizes.allSatisfy((1...ExportInput.maxSize).contains) else { return nil }
    self.init(time: sizes[0], channels: sizes[1], classes: sizes[2])
  }

  /// Adds the sizes to what a file of weights states.
  func write(to metadata: inout [String: String]) {
    metadata["time"] = String(time)
    metadata["channels"] = String(channels)
    metadata["classes"] = String(classes)
  }
}

/// A state file that does not fit a model, with the option of the command that would make it fit.
public struct StateFileError: NightjarError {
  public let message: ErrorMessage
  public var exitCode: ExitCode { .data }

  /// Nil for another error than `fileMismatch`.
  init?(_ error: NetworkError) {
    guard case .fileMismatch(_, _, let mismatch, let names) = error else { return nil }
    message = ErrorMessage(error.message.what, hint: Self.hint(mismatch, names))
  }

  /// The option that would make the file fit; nil when none can.
  private static func hint(_ mismatch: StateMismatch, _ names: StateNames) -> String? {
    switch mismatch.prefix {
    case .inState(let prefix, _)?: return "--prefix \(names.prefix)\(prefix)"
    case .inModel(let prefix)?: return "--rename PART=\(prefix)PART for each part of the file's names"
    case nil: break
    }
    if let part = mismatch.renamedPart { return "--rename \(part.inState)=\(part.inModule)" }
    if mismatch.missing.isEmpty, mismatch.shapes.isEmpty {
      return mismatch.commonPattern.map { "--ignore '\($0)' passes over what the model does not have" }
    }
    // No option makes a lone tensor, such as a bias, appear in the file.
    if mismatch.unexpected.isEmpty, mismatch.shapes.isEmpty { return nil }
    return
      "give the options it was trained with, as --set model.NAME=VALUE, --classes, --time, or the right --model"
  }
}
