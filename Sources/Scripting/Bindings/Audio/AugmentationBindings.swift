import Audio
import LuaHost
import Tensors

/// Changes of waveforms for augmentation, in `nj.audio`; what is random is drawn from the script's stream.
extension AudioBindings {
  static let augmentation: [LuaFunction] = [
    LuaFunction(
      "shift", "Waveforms some samples later, or earlier where negative, with silence from the other end",
      [.waveforms, .perClip("samples", help: "a number, or one for each clip: (batch)")], returns: "tensor"
    ) { call in
      let clips = try Clips("shift", call.tensor(1))
      let counts = try call.perClip(2, clips.count, "samples")
      return try call.push(
        clips.mapIndexed(clips.shape) { samples, clip in
          ClipEffect.shifted(samples, by: Int(min(max(counts[clip], -1e9), 1e9).rounded()))
        })
    },
    LuaFunction(
      "speed",
      "Waveforms played faster, and so higher, around their middle, as torchaudio's speed; their length stays",
      [.waveforms, .perClip("factors", help: "a number from 0.25 to 4, or one for each clip: (batch)")],
      returns: "tensor"
    ) { call in
      let clips = try Clips("speed", call.tensor(1))
      let factors = try call.perClip(2, clips.count, "factors")
      return try call.push(
        clips.mapIndexed(clips.shape) { samples, clip in
          try PlaybackSpeed.change(samples, by: factors[clip])
        })
    },
    LuaFunction(
      "noise", "Noise of a colour for each clip: (batch, samples); add_noise sets its level",
      [
        .strings("colors", help: "for each clip: \"white\", \"pink\" or \"brown\""),
        .integer("samples", min: 1, max: 1 << 30),
      ], returns: "tensor"
    ) { call in
      let colors = try call.strings(1).map { name in
        guard let color = Noise.Color(rawValue: name) else {
          throw ScriptError("noise: a colour is '\(name)'; expected white, pink or brown")
        }
        return color
      }
      let count = try call.integer(2)
      let seed = try call.context.random.next()
      return try call.push(
        Tensor(
          rowsInParallel: colors.count, rowShape: [count], on: call.context.device, operation: "noise"
        ) { clip in
          var random = RandomStream(seed: seed, purpose: "noise", index: UInt64(clip))
          return Noise.make(colors[clip], count: count, random: &random)
        })
    },
    LuaFunction(
      "add_noise", "Waveforms with noise at a signal-to-noise ratio, as torchaudio's add_noise",
      [
        .waveforms, .tensor("noise", help: "of the same shape"),
        .perClip("snr", help: "in dB: a number, or one for each clip: (batch)"),
      ], returns: "tensor"
    ) { call in
      let waveforms = try call.tensor(1)
      let noise = try call.tensor(2)
      guard noise.shape == waveforms.shape else {
        throw TensorError.shapeMismatch(
          operation: "add_noise", left: waveforms.shape, right: noise.shape,
          hint: "one row of noise for each clip")
      }
      let clips = try Clips("add_noise", waveforms)
      let noises = try Clips("add_noise", noise)
      let ratios = try call.perClip(3, clips.count, "snr")
      return try call.push(
        clips.mapIndexed(clips.shape) { samples, clip in
          try ClipEffect.adding(noises.samples(of: clip), to: samples, signalToNoise: ratios[clip])
        })
    },
    LuaFunction(
      "reverberate", "Waveforms in rooms that are simulated by decaying noise (Polack 1988)",
      [
        .waveforms, .rate("rate", help: "in Hz"),
        .perClip("decay", help: "seconds in which a room's sound falls by 60 dB"),
        .perClip("ratio", help: "energy of the direct sound over that of the room, in dB"),
      ], returns: "tensor"
    ) { call in
      let clips = try Clips("reverberate", call.tensor(1))
      let rate = try call.integer(2)
      let decays = try call.perClip(3, clips.count, "decay")
      let ratios = try call.perClip(4, clips.count, "ratio")
      let seed = try call.context.random.next()
      return try call.push(
        clips.mapIndexed(clips.shape) { samples, clip in
          var random = RandomStream(seed: seed, purpose: "room", index: UInt64(clip))
          return try ClipEffect.reverberated(
            samples, decayTime: decays[clip], directToReverberant: ratios[clip], rate: rate, random: &random)
        })
    },
  ]
}

extension LuaParameter {
  /// A number for all clips, or a tensor with one for each.
  fileprivate static func perClip(_ name: String, help: String) -> Self {
    .either(name, [.number, .object("tensor")], help: help)
  }
}

/// A number for each clip of a batch.
private enum NumberPerClip {
  /// The same one: a list of them would take memory that the budget does not count, since a batch may be a clip that
  /// `expand` repeats.
  case same(Double)
  case each([Float])

  subscript(clip: Int) -> Double {
    switch self {
    case .same(let number): number
    case .each(let numbers): Double(numbers[clip])
    }
  }
}

extension LuaCall {
  /// The numbers of an argument for each of `count` clips.
  fileprivate func perClip(_ argument: Int, _ count: Int, _ name: String) throws -> NumberPerClip {
    let tensor = objectIfAny(argument, Tensor.self)
    if let given = tensor?.count, given != count {
      throw ScriptError("\(functionName): \(name) has \(given) numbers for \(count) clips")
    }
    func requireFinite<Number: BinaryFloatingPoint>(_ numbers: [Number]) throws {
      guard let bad = numbers.first(where: { !$0.isFinite }) else { return }
      throw ScriptError("\(functionName): \(name) holds \(bad.isNaN ? "NaN" : "infinity")")
    }
    guard tensor != nil else {
      let number = try number(argument)
      try requireFinite([number])
      return .same(number)
    }
    let numbers = try floats(argument).floatValues
    try requireFinite(numbers)
    return .each(numbers)
  }
}
