import LuaHost
import Tensors

/// Training on several threads, over all that kernels do in parallel: for the thread sanitizer.
enum TrainingRun {
  static func run(threads: Int, steps: Int) throws {
    let world = try World.make()
    defer { world.remove() }
    for script in [kernels, sequences, experiment] {
      let device = Device(memory: 1 << 30, threads: threads)
      let state = try CaseRun(world, .plain).open(device, Limits())
      guard let module = state.module("nightjar") else { throw Finding("there is no module") }
      let environment = try state.makeEnvironment([
        "nj": module, "STEPS": state.reference(to: steps), "DATA": state.reference(to: world.data),
      ])
      try state.call(state.load(script, path: "train.lua", environment: environment))
    }
  }

  /// Sizes well above a chunk of each kernel.
  private static let kernels = """
    local nn = nj.nn
    local model = nn.Sequential {
      nn.Conv1d(20, 64, 5, { padding = 2 }), nn.BatchNorm1d(64), nn.ReLU(), nn.MaxPool1d(2),
      nn.Residual(nn.Sequential { nn.Conv1d(64, 64, 3, { padding = 1, groups = 4 }), nn.LayerNorm(64), nn.GELU() }),
      nn.Dropout(0.2), nn.AvgPool1d(2), nn.GlobalAvgPool1d(), nn.Linear(64, 100),
    }
    local optimizer = nj.optim.AdamW(model:parameters(), { lr = 0.01, amsgrad = true })
    local batches = {}
    for i = 1, STEPS do batches[i] = { features = nj.randn(96, 80, 20), labels = nj.randint(1, 100, 96) } end
    nj.train { model = model, batches = batches, optimizer = optimizer, epochs = 1,
      loss = function(scores, labels) return nj.loss.cross_entropy(scores, labels, { label_smoothing = 0.1 }) end }
    local sgd = nj.optim.SGD(model:parameters(), { lr = 0.1, momentum = 0.9, nesterov = true })
    nj.train { model = model, batches = { batches[1] }, optimizer = sgd, epochs = 2 }
    nj.accuracy(model, batches)

    local x = nj.randn(400, 500):requires_grad_()
    local y = (x:tanh() * x:sigmoid() + x:exp():log()):softmax(2):matmul(nj.rand(500, 300))
    y = nj.cat({ y, (y:sort(2)) }, 2):cumsum(1):transpose(1, 2):contiguous()
    local loss = y:var() + y:max(1):mean() + x:norm() + x:logsumexp(2):sum() + x:unsqueeze(1):expand(2, 400, 500):mean()
    loss:backward()
    assert(x.grad:isfinite():all():item())
    nj.randn(300, 300):svd()
    x:detach():topk(5, 2)
    x:detach():argmax(1)
    x:detach():gt(0):any()
    nj.audio.mfcc(nj.randn(8, 16000))
    """

  /// Networks with states over time, attention, and the effects of augmentation.
  private static let sequences = """
    local nn = nj.nn
    local function fit(model, channels)
      local batches = {}
      for i = 1, STEPS do
        local clips = nj.randn(64, 30, channels)
        batches[i] = { features = clips, labels = nj.randint(1, 10, 64) }
      end
      nj.train { model = model, batches = batches, validation = { batches[1] },
        optimizer = nj.optim.Adam(model:parameters(), { lr = 0.01 }),
        on_gradients = function() nj.optim.clip_grad_norm(model:parameters(), 1) end }
    end
    fit(nn.Sequential { nn.GRU(16, 64), nn.GlobalAvgPool1d(), nn.Linear(64, 10) }, 16)
    fit(nn.Sequential { nn.LSTM(16, 64), nn.GlobalAvgPool1d(), nn.Linear(64, 10) }, 16)
    fit(nn.Sequential { nn.RadLIF(16, 64), nn.GlobalAvgPool1d(), nn.Linear(64, 10) }, 16)
    fit(nn.Sequential { nn.Conv1d(16, 64, 3), nn.Leaky { beta = 0.9 }, nn.GlobalAvgPool1d(), nn.Linear(64, 10) }, 16)
    fit(nn.module {
      init = function(self)
        self.keys, self.out = nn.Linear(16, 96), nn.Linear(32, 10)
      end,
      forward = function(self, x)
        local keys = self.keys(x)
        local part = function(i) return keys:slice(3, 32 * i - 31, 32 * i) end
        return self.out(nj.scaled_dot_product_attention(part(1), part(2), part(3)):mean(2))
      end,
    }(), 16)

    local clips = nj.randn(32, 8000)
    clips = nj.audio.speed(clips, nj.rand(32) * 0.2 + 0.9)
    clips = nj.audio.shift(clips, 100)
    clips = nj.audio.reverberate(clips, 8000, 0.2, 5)
    local colors = {}
    for i = 1, 32 do colors[i] = i % 2 == 0 and "pink" or "brown" end
    clips = nj.audio.add_noise(clips, nj.audio.noise(colors, 8000), 10)
    nj.audio.s2s(nj.audio.resample(clips, 8000, 16000))

    local model = nn.Sequential { nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 10) }
    nj.benchmark { model = model, batches = { { features = nj.randn(64, 16), labels = nj.randint(1, 10, 64) } },
      workload = { "SynapticOperations", "ActivationSparsity", "ClassificationAccuracy" } }:run()
    nj.randn(400, 40):ridge(nj.randn(400, 4), 0.1)
    nj.randn(200, 300):quantile(0.3, 2)
    nj.randint(1, 50, 100000):unique()
    """

  /// A data set that is read ahead, augmented and encoded; training on it by a recipe; sessions of few shots.
  private static let experiment = """
    local data = nj.data.words { path = DATA }
    local function augment(clips, rate) return nj.audio.shift(clips, 7) end
    for _ = 1, 2 do
      for batch in data:batches { split = "train", size = 4, shuffle = true, encoder = "frames", augment = augment } do
        assert(batch.features:isfinite():all():item())
      end
    end
    local model = nj.fscil.pretrain { data = data, model = "small", recipe = "step", encoder = "frames" }
    nj.fscil.run { model = model, data = data, encoder = "frames", learners = "nearest", metrics = "counter",
      tests = "share", repeats = 3, shots = 1, ways = 1, queries = 2, sessions = 2 }
    """
}
