import Audio
import FewShot
import Foundation
import LuaHost
import Networks
import Scripting
import Support
import Tensors

/// A plugin with its options, as a file names it.
public struct PluginReference: Codable, Sendable, Hashable {
  /// Its name, or its file.
  public var name: String
  public var options: [String: SettingValue]

  /// A plugin that is found by `name`; nil for the name of the plugin itself.
  init(_ choice: PluginChoice, named name: String? = nil) {
    self.name = name ?? choice.plugin.name
    options = Dictionary(
      choice.options.fields.compactMap { field in SettingValue(field.value).map { (field.name, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// Names the file that a run has used, where no plugin of this name is found.
  mutating func locate(_ kind: PluginKind, by sources: [PluginSource], in host: ScriptHost) {
    guard !host.library.entries(kind).contains(where: { $0.name == name }) else { return }
    name = sources.first { $0.plugin == "\(kind.rawValue)/\(name)" }?.path ?? name
  }

  /// The plugin with these options.
  ///
  /// - Throws: `OptionError` for an unknown plugin, and for options that it does not have; `ScriptError`.
  func choice(_ kind: PluginKind, in host: ScriptHost) throws -> PluginChoice {
    let plugin = try host.library.plugin(kind, host.sources?.located(name) ?? name, in: host.state)
    try plugin.requirePermissions(in: host.state)
    return PluginChoice(
      plugin, options: try plugin.options.fill(texts: options.mapValues(\.text)))
  }
}

/// What a network was built and trained for, as a file of its weights states it.
public struct NetworkOrigin: Codable, Sendable, Hashable {
  public var model: PluginReference
  public var encoder: PluginReference
  /// Time steps of its input.
  public var time: Int
  /// Channels of its input.
  public var channels: Int
  public var classes: Int
  /// The data set it was trained on; nil for weights of other origin.
  public var data: DataProvenance?
  /// The sample rate of the clips, in Hz; nil for weights of other origin.
  public var rate: Int?
  /// Whether the loudest second of a clip was used.
  public var isAligned = false
  public var seed: UInt64 = 1
}

extension NetworkOrigin {
  /// Its name in the metadata of a file.
  private static let key = "nightjar.origin"

  /// What metadata states; nil where it states nothing of the kind.
  ///
  /// - Throws: `FileError` for a statement that makes no sense; `path` is for the message.
  init?(_ metadata: [String: String], of path: String) throws {
    guard let text = metadata[Self.key] else { return nil }
    do { self = try ResultFile.decode(Self.self, from: Data(text.utf8)) } catch {
      throw FileError("read", path, reason: "what it states of its network cannot be read")
    }
    guard [time, channels, classes].allSatisfy((1...ExportInput.maxSize).contains),
      rate.map(ClipReading.rates.contains) ?? true
    else { throw FileError("read", path, reason: "the sizes that it states of its network are impossible") }
  }

  /// Adds it to the metadata of a file.
  ///
  /// - Throws: `EncodingError`.
  func write(to metadata: inout [String: String]) throws {
    metadata[Self.key] = String(decoding: try ResultFile.encode(self), as: UTF8.self)
  }
}
