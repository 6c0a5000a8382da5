import Scripting
import Tensors

/// What a new plugin starts as: small, correct, and worth changing.
enum PluginTemplate {
  /// The text of a plugin file.
  static func text(_ kind: PluginKind, name: String) -> String {
    """
    local nj = require "nightjar"

    return nj.\(kind.rawValue) {
      name = "\(name)",
      summary = "\(summary(kind))",
      api = 1,
    \(body(kind).split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : "  " + $0 }.joined(separator: "\n"))
    }

    """
  }

  private static func summary(_ kind: PluginKind) -> String {
    switch kind {
    case .model: "One hidden layer over the normalised, flattened features"
    case .recipe: "Cross-entropy with AdamW"
    case .learner: "Nearest class mean, by squared distance"
    case .encoder: "Mel-frequency cepstral coefficients"
    case .metric: "Share of samples whose word is predicted, 0 to 1"
    case .test: "Share of samples whose word has the best score, 0 to 1"
    case .task: "The few-shot protocol with sessions of few samples"
    }
  }

  private static func body(_ kind: PluginKind) -> String {
    switch kind {
    case .model: model
    case .recipe: recipe
    case .learner: learner
    case .encoder: encoder
    case .metric: metric
    case .test: test
    case .task: task
    }
  }

  private static let model = """
    options = { hidden = { default = 64, min = 1, help = "units in the hidden layer" } },

    build = function(options, task)                -- task.input: time and channels of the features
      local nn = nj.nn
      return nn.Sequential {
        nn.BatchNorm1d(task.input.channels),       -- one scale, whatever the encoder
        nn.Flatten(),
        nn.Linear(task.input.time * task.input.channels, options.hidden), nn.ReLU(),
        nn.Linear(options.hidden, task.classes),   -- the last Linear is the readout
      }
    end,
    """

  private static let recipe = """
    options = {
      epochs = { default = 10, min = 1 },
      batch = { default = 128, min = 1 },
      lr = { default = 0.003, min = 0 },
    },

    train = function(self, model, data, context)
      local o = self.options
      nj.train {
        model = model,
        epochs = o.epochs,
        batches = data:batches { split = "train", size = o.batch, shuffle = true },
        optimizer = nj.optim.AdamW(model:parameters(), { lr = o.lr }),
        loss = nj.loss.cross_entropy,
        on_epoch = function(epoch, loss) context.log("train loss", loss, epoch) end,
      }
      return model
    end,
    """

  private static let learner = """
    start = function(self, base)                   -- base.features: (samples, embedding)
      self.means = nj.zeros { base.model.classes, base.features:size(2) }
      self:learn(base)
    end,

    learn = function(self, support)                -- one session's new words, a few samples each
      for _, class in ipairs(support.classes) do
        self.means[class] = support:of(class):mean(1)
      end
    end,

    scores = function(self, features)              -- (batch, embedding) → (batch, classes); the best is predicted
      local squares = (self.means * self.means):sum(2)
      return features:matmul(self.means:transpose(1, 2)) * 2 - squares
    end,
    """

  private static let encoder = """
    options = { coefficients = { default = 20, min = 1 } },

    setup = function(self, rate)                   -- before the first clip; rate in Hz
      self.settings = {
        sample_rate = rate, n_mfcc = self.options.coefficients, n_mels = math.max(40, self.options.coefficients),
        n_fft = rate // 40, hop_length = rate // 100,
      }
    end,

    encode = function(self, waveforms)                 -- (batch, samples) → (batch, time, channel)
      return nj.audio.mfcc(waveforms, self.settings)
    end,
    """

  private static let metric = """
    start = function(self, context) self.right, self.count = 0, 0 end,

    update = function(self, batch)                 -- batch.outputs: (batch, classes), batch.labels: (batch)
      self.right = self.right + batch.predictions:eq(batch.labels):sum():item()
      self.count = self.count + #batch.labels
    end,

    value = function(self) return self.right / self.count end,
    """

  private static let test = """
    run = function(self, model, batches, context)  -- in place of the task's own test
      local right, count = 0, 0
      for batch in batches do
        right = right + model(batch.features):argmax(2):eq(batch.labels):sum():item()
        count = count + #batch.labels
      end
      return { accuracy = right / count }
    end,
    """

  private static let task = """
    options = { shots = { default = 1, min = 1, help = "samples each new word is learned from" } },

    run = function(self, context)
      return nj.fscil.run {
        model = context:pretrain(),                -- the base words, by the recipe; kept for the next run
        data = context.data,
        learners = context.learners,
        tests = context.tests,
        metrics = context.metrics,
        repeats = context.repeats,
        shots = self.options.shots,
      }
    end,
    """
}
