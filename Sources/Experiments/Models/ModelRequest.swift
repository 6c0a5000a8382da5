import Datasets
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

  /// The network and its input.
  public struct Built {
    public let module: any Module
    public let input: ExportInput
    /// Its name with the sizes it was built for, for messages.
    public let title: String

    /// Loads a state file into it; `names` say how the file's names become the model's.
    ///
    /// - Returns: remarks on what was passed over, one line each.
    /// - Throws: ``StateFileError`` when names or shapes differ; else as `Module.load(file:names:for:on:)`.
    public func load(file path: String, names: StateNames, on device: Device) throws -> [String] {
      do { return try module.load(file: path, names: names, for: title, on: device) } catch let error as NetworkError
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
    var time = time
    var channels = channels
    if time == nil || channels == nil {
      let name = encoder ?? chosen.plugin.encoder ?? "mfcc"
      let encoder = try router.choice(host.library.plugin(.encoder, name, in: host.state))
      try router.requireAllUsed()
      let shape = try encoder.featureShape(rate: Self.rate, in: host.state)
      time = time ?? shape.time
      channels = channels ?? shape.channels
    }
    try router.requireAllUsed()
    let sizes = (time: time ?? 1, channels: channels ?? 1)
    try chosen.plugin.requirePermissions(in: host.state)
    let module = try chosen.build(
      time: sizes.time, channels: sizes.channels, classes: classes, in: host.state)
    return Built(
      module: module, input: try ExportInput(time: sizes.time, channels: sizes.channels),
      title: "\(chosen.plugin.name) for input (\(sizes.time), \(sizes.channels)) and \(classes) classes")
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
    if case .inState(let prefix, _)? = mismatch.prefix { return "--prefix \(names.prefix)\(prefix)" }
    if let part = mismatch.renamedPart { return "--rename \(part.inState)=\(part.inModule)" }
    if mismatch.missing.isEmpty, mismatch.shapes.isEmpty {
      return mismatch.commonPattern.map { "--ignore '\($0)' passes over what the model does not have" }
    }
    // No option makes a lone tensor, such as a bias, appear in the file.
    if mismatch.unexpected.isEmpty, mismatch.shapes.isEmpty { return nil }
    return "give the options it was trained with, as --set model.NAME=VALUE, --classes, --time, or the right --model"
  }
}
