import LuaHost
import Networks
import Scripting
import Support
import Tensors

/// Training on several threads, over all that kernels do in parallel: for the thread sanitizer.
enum TrainingRun {
  static func run(threads: Int, steps: Int) throws {
    let console = Console(style: .quiet)
    let world = try World.make()
    defer { world.remove() }
    let context = ScriptContext(
      device: Device(memory: 1 << 30, threads: threads), seed: 1, console: console,
      cache: StageCache(folder: world.own("cache"), console: console), run: FuzzedRun(world.own("out")))
    let state = try LuaState(seed: 1)
    state.attach(context)
    state.pool = context.device.pool
    try NightjarModule.install(in: state)
    guard let module = state.module("nightjar") else { throw Finding("there is no module") }
    let environment = try state.makeEnvironment(["nj": module, "STEPS": state.reference(to: steps)])
    try state.call(state.load(Self.script, path: "train.lua", environment: environment))
  }

  /// Sizes well above a chunk of each kernel.
  private static let script = """
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
}
