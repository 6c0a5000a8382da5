import Datasets
import Networks

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
