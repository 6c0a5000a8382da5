import Datasets
import Networks

/// A network by its plugin, as a file that leaves or enters nightjar is for.
public struct ModelRequest: Sendable {
  /// The model plugin, by name or file.
  public var model = "m5"
  /// The encoder plugin; nil for the model's own, or mfcc.
  public var encoder: String?
  /// Time steps and channels of its input; nil for what the encoder makes of one second.
  public var time: Int?
  public var channels: Int?
  public var classes = Keywords.all.count
  /// `--set` pairs.
  public var settings: [(name: String, value: String)] = []
  /// Samples a second of recordings, as MSWC has them.
  private static let rate = 48_000

  public init() {}

  /// The network, and what it takes.
  public struct Built {
    public let module: any Module
    public let input: ExportInput
    /// Its name, with what it was built for.
    public let title: String
  }

  /// Builds the network, untrained.
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
