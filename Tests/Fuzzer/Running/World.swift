import Audio
import Foundation
import Networks
import Support
import Tensors

/// The folder that cases live in: a tiny data set, a plugin of each kind, and a part of its own for each process.
struct World {
  let root: String

  var data: String { root + "/data" }
  var plugins: String { root + "/plugins" }

  /// What belongs to one process: the files its cases write, and its caches.
  func own(_ part: String) -> String { "\(root)/\(getpid())/\(part)" }

  /// Where files are written that nobody keeps: in memory where that is possible, as the host waits for the disk after
  /// each file it writes.
  static let temporaryFolder =
    FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()

  /// Makes a world.
  static func make() throws -> World {
    let world = World(root: "\(temporaryFolder)/nightjar-fuzz.\(getpid())")
    for (name, text) in pluginTexts { try world.write("plugins/\(name).lua", text) }
    try world.writeWords()
    return world
  }

  func remove() { try? FileManager.default.removeItem(atPath: root) }

  private func write(_ path: String, _ text: String) throws {
    let path = root + "/" + path
    try AtomicFile.makeFolder((path as NSString).deletingLastPathComponent)
    try AtomicFile.write(text, to: path)
  }

  /// Two base words, and two languages with two session words each, of six clips; every word is a pitch.
  private func writeWords() throws {
    let header = "PATH,WORD,LANG\n"
    for (split, clips) in [("train", 1...6), ("val", 7...7), ("test", 8...9)] {
      var list = header
      for (word, pitch) in [("no", 700), ("yes", 300)] {
        for clip in clips { list += try row(word, "en", clip, pitch: pitch) }
      }
      try write("data/base_\(split).csv", list)
    }
    for (place, language) in ["cy", "eu"].enumerated() {
      var list = header
      for word in 1...2 {
        for clip in 1...6 {
          list += try row("\(language)\(word)", language, clip, pitch: 1_000 + 400 * (2 * place + word))
        }
      }
      try write("data/\(language)/evaluation.csv", list)
    }
  }

  private func row(_ word: String, _ language: String, _ clip: Int, pitch: Int) throws -> String {
    let samples = (0..<800).map { sin(2 * Float.pi * Float(pitch) * Float($0 + 7 * clip) / 8_000) }
    let folder = "\(data)/\(language)/clips/\(word)"
    try AtomicFile.makeFolder(folder)
    try SoundFile.write(Waveform(samples: samples, rate: 8_000), to: "\(folder)/\(clip).wav", flushed: false)
    return "\(word)/\(clip).wav,\(word),\(language)\n"
  }

  private static let pluginTexts = [
    "encoders/frames": """
    local nj = require "nightjar"
    return nj.encoder { name = "frames", summary = "Samples, 20 a frame", api = 1,
      encode = function(self, waveforms) return waveforms:slice(2, 1, 800):reshape(-1, 40, 20) end }
    """,
    "models/small": """
    local nj = require "nightjar"
    return nj.model { name = "small", summary = "One convolution", api = 1, options = { width = { default = 4, min = 1 } },
      build = function(options, task)
        return nj.nn.Sequential { nj.nn.Conv1d(task.input.channels, options.width, 3), nj.nn.ReLU(), nj.nn.GlobalAvgPool1d(),
          nj.nn.Linear(options.width, task.classes) }
      end }
    """,
    "recipes/step": """
    local nj = require "nightjar"
    return nj.recipe { name = "step", summary = "One epoch", api = 1,
      train = function(self, model, data, context)
        nj.train { model = model, batches = data:batches { split = "train", size = 4 },
          optimizer = nj.optim.SGD(model:parameters(), { lr = 0.1 }) }
        return model
      end }
    """,
    "learners/nearest": """
    local nj = require "nightjar"
    return nj.learner { name = "nearest", summary = "Class means", api = 1,
      start = function(self, base)
        self.weight = nj.zeros { base.model.classes, base.features:size(2) }
        self:learn(base)
      end,
      learn = function(self, support)
        for _, class in ipairs(support.classes) do self.weight[class] = support:of(class):mean(1) end
      end,
      scores = function(self, features) return features:matmul(self.weight:transpose(1, 2)) end }
    """,
    "learners/odd": """
    local nj = require "nightjar"
    local function odd(mode, features, classes)
      if mode == 1 then return nj.zeros { #features, classes + 1 }
      elseif mode == 2 then return nj.zeros { #features, classes } * (0 / 0)
      elseif mode == 3 then features:release() return nj.zeros { 1, classes }
      elseif mode == 4 then return "scores"
      elseif mode == 5 then return nj.zeros({ #features, classes }, { dtype = "int32" })
      elseif mode == 6 then coroutine.yield()
      elseif mode == 7 then error({}) end
      return nj.zeros { #features, classes }
    end
    return nj.learner { name = "odd", summary = "Does what it should not", api = 1, options = { mode = { default = 1 } },
      start = function(self, base)
        self.mode, self.classes, self.model = self.options.mode % 16, base.model.classes, base.model
        if self.mode == 8 then base.model:parameters()[1]:requires_grad_(false):fill_(1) end
        if self.mode == 9 then base.features:release() end
      end,
      learn = function(self, support)
        if self.mode == 10 then support:of(-1) end
        if self.mode == 11 then support:waveforms():release() support.features:release() end
        if self.mode == 12 then support.labels:add_(100) end
        if self.mode == 13 then nj.fscil.run { model = self.model } end
      end,
      scores = function(self, features) return odd(self.mode, features, self.classes) end }
    """,
    "metrics/counter": """
    local nj = require "nightjar"
    return nj.metric { name = "counter", summary = "Counts", api = 1, start = function(self) self.n = 0 end,
      update = function(self, batch) self.n = self.n + #batch.labels end, value = function(self) return self.n end }
    """,
    "tests/share": """
    local nj = require "nightjar"
    return nj.test { name = "share", summary = "Share of right ones", api = 1,
      run = function(self, model, batches)
        local right, count = 0, 0
        for batch in batches do
          right = right + model(batch.features):argmax(2):eq(batch.labels):sum():item()
          count = count + #batch.labels
        end
        return { accuracy = right / count }
      end }
    """,
  ]
}
