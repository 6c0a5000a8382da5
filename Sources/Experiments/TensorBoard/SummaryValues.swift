import Foundation
import Support
import SwiftProtobuf
import TensorBoardSchema

/// The values of events.
extension Tensorboard_Summary.Value {
  /// A number.
  static func scalar(_ tag: String, _ value: Double) -> Self {
    Self.with {
      $0.tag = tag
      $0.simpleValue = Float(value)
    }
  }

  /// A histogram. Of its values only the counts are known: their sums are those of the bins' middles.
  static func histogram(_ tag: String, _ bins: [HistogramLog.Bin]) -> Self {
    Self.with {
      $0.tag = tag
      $0.histo.min = bins.first?.low ?? 0
      $0.histo.max = bins.last?.high ?? 0
      // A bucket begins where the one before ends, so an empty one brings the first to its beginning.
      $0.histo.bucketLimit = bins.prefix(1).map(\.low) + bins.map(\.high)
      $0.histo.bucket = bins.prefix(1).map { _ in 0 } + bins.map { Double($0.count) }
      for bin in bins {
        let middle = bin.low + (bin.high - bin.low) / 2
        $0.histo.num += Double(bin.count)
        $0.histo.sum += Double(bin.count) * middle
        $0.histo.sumSquares += Double(bin.count) * middle * middle
      }
    }
  }

  /// A picture; nil for what is no PNG file.
  static func image(_ tag: String, png: Data) -> Self? {
    // The header's block is the first: 8 bytes of signature, 8 of length and name, then width and height.
    let bytes = [UInt8](png.prefix(26))
    guard bytes.count == 26, bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) else { return nil }
    func number(at offset: Int) -> Int32 {
      Int32(truncatingIfNeeded: bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) })
    }
    return Self.with {
      $0.tag = tag
      $0.image.width = number(at: 16)
      $0.image.height = number(at: 20)
      // PNG's types of color: 0 gray, 4 gray with alpha, 6 RGB with alpha; the others decode to RGB.
      $0.image.colorspace = [0: 1, 4: 2, 6: 4][bytes[25]] ?? 3
      $0.image.encodedImageString = png
    }
  }

  /// The hyperparameters of a run, for the plugin of that name.
  static func sessionStart(_ hyperparameters: [String: SettingValue], at time: Date?) throws -> Self {
    try plugin("_hparams_/session_start_info") {
      $0.sessionStartInfo.hparams = hyperparameters.mapValues(Google_Protobuf_Value.init)
      $0.sessionStartInfo.startTimeSecs = time?.timeIntervalSince1970 ?? 0
    }
  }

  /// How the run of the hyperparameters ended.
  static func sessionEnd(_ status: Tensorboard_Status, at time: Date?) throws -> Self {
    try plugin("_hparams_/session_end_info") {
      $0.sessionEndInfo.status = status
      $0.sessionEndInfo.endTimeSecs = time?.timeIntervalSince1970 ?? 0
    }
  }

  private static func plugin(_ tag: String, _ fill: (inout Tensorboard_HParamsPluginData) -> Void) throws
    -> Self
  {
    let content = try Tensorboard_HParamsPluginData.with(fill).serializedData()
    return Self.with {
      $0.tag = tag
      $0.metadata.pluginData.pluginName = "hparams"
      $0.metadata.pluginData.content = content
    }
  }
}

extension Google_Protobuf_Value {
  /// A setting; of a list its text, since the plugin compares numbers, booleans and texts.
  fileprivate init(_ setting: SettingValue) {
    switch setting {
    case .boolean(let value): self.init(boolValue: value)
    case .integer(let value): self.init(numberValue: Double(value))
    case .number(let value): self.init(numberValue: value)
    case .string, .list: self.init(stringValue: setting.text)
    }
  }
}
