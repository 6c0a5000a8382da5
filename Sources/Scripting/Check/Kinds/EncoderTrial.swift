import FewShot
import LuaHost
import Support
import Tensors

/// An encoder: called with silence and with noise, at two sample rates.
extension PluginTrial {
  func tryEncoder() throws -> [CheckFinding] {
    // A bench knows its rate only later: at the higher one, every band that an encoder may ask for exists.
    for rate in isWide ? [16_000, 48_000] : [48_000] {
      let encoder = try PluginEncoder(plugin, options: choice.options, in: state)
      let samples = try encoder.prepare(rate: rate)
      var random = RandomStream(seed: 1, purpose: "noise")
      // Loud, then soft: a clip that is scaled by the loudest of its batch differs beside others.
      let noise = (0..<2 * samples).map { sample in
        (Float(random.next() >> 40) / Float(1 << 23) - 1) * (sample < samples ? 1 : 0.2)
      }
      let silence = [Float](repeating: 0, count: samples)
      let clips = try Tensor(noise + silence, shape: [3, samples], on: context.device)
      let features = try encoder.encode(clips)
      try requireFinite(features, rate)
      if let other = try RowComparison.change(of: features, { try encoder.encode(clips) }) {
        throw plugin.violation(
          "encode gives the same clip \(other.first), then \(other.second): it depends on the calls before",
          hint: "draw no random numbers in encode, and change self in setup only", in: "encode", state)
      }
      for (row, what) in ["noise", "noise", "silence"].enumerated() {
        let alone = try encoder.encode(Slice(0, from: row, count: 1)(clips)).shape.dropFirst()
        guard alone != features.shape.dropFirst() else { continue }
        throw plugin.violation(
          "encode returned \(Array(alone)) for \(what) alone and \(Array(features.shape.dropFirst())) in a batch",
          hint: "return features of the same (time, channel) for every clip", in: "encode", state)
      }
      if let other = try RowComparison.dependence(of: features, on: clips, encoder.encode) {
        throw plugin.violation(
          "a clip's features depend on the other clips of its batch: \(other.first) or \(other.second) for the same "
            + "clip", hint: "normalize every clip by itself, over dimensions 2 and 3", in: "encode", state)
      }
    }
    return []
  }

  private func requireFinite(_ features: Tensor, _ rate: Int) throws {
    guard try !features.isFinite else { return }
    let values = try features.contiguous().floatValues
    let first = values.firstIndex { !$0.isFinite } ?? 0
    let clip = first / max(1, values.count / 3) == 2 ? "silence" : "noise"
    throw plugin.violation(
      "encode returned \(values[first].isNaN ? "NaN" : "\(values[first])") for \(clip) at \(rate) Hz",
      hint: "check for 0/0 or the log of 0: add a small number, or use clamp", in: "encode", state)
  }
}
