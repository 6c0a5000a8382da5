/// A call that is measured, and what makes its values, which is not.
struct LargeCall: ExpressibleByStringLiteral {
  var setup = ""
  let call: String

  init(_ setup: String, _ call: String) {
    self.setup = setup
    self.call = call
  }

  init(stringLiteral call: String) { self.call = call }
}

/// Values at the size that a memory of a few gigabytes allows, and whole calls that need values of certain sizes.
enum LargeValues {
  static let texts = LongTexts(name: "long_name", text: "long_text")

  /// Tables as in ``Prelude``, which ``restore`` fills again where a call has released or replaced what they hold.
  static let text = """
    local makers = {
      t = {
        function() return nj.randn(4096, 4096) end, function() return nj.randn(256, 1000, 64) end,
        function() return nj.randn(16000000) end, function() return nj.randn(4096, 4096):transpose(1, 2) end,
        function() return nj.rand(4096, 4096) end, function() return nj.randn(1, 4096):expand(4096, 4096) end,
        function() return nj.randn(4096, 4096):gt(0) end, function() return nj.randn(2000000, 8) end,
      },
      k = { function() return nj.randint(1, 4096, 4096) end, function() return nj.randint(1, 8, 2000000) end },
      m = {
        function() return nj.nn.Linear(4096, 4096) end, function() return nj.nn.Conv1d(64, 64, 5) end,
        function() return nj.nn.Sequential { nj.nn.Linear(64, 2048), nj.nn.ReLU(), nj.nn.Linear(2048, 64) } end,
      },
      o = { function() return nj.optim.Adam(m[1]:parameters()) end },
      s = { function() return nj.optim.StepLR(o[1], { step_size = 1 }) end },
      r = { function() return nj.random(1) end },
      g = { function() return nj.plot.heatmap { value = nj.randn(200, 200) } end },
      p = { function() return nj.progress(3, "a") end },
      f = { function() return last end },
      u = { function() return nj.plugin("model", "small") end },
    }
    local counts = { t = 12, k = 4, m = 6, o = 3, s = 2, r = 2, g = 2, p = 2, f = 4, u = 4 }
    local kept = {}
    local function usable(value) return value ~= nil and pcall(tostring, value) end
    function restore()
      for _, name in ipairs { "t", "k", "m", "o", "s", "r", "g", "p", "f", "u" } do
        kept[name] = kept[name] or {}
        for i, make in ipairs(makers[name]) do
          if not usable(kept[name][i]) then kept[name][i] = make() end
          _ENV[name][i] = kept[name][i]
        end
        for i = #makers[name] + 1, counts[name] do _ENV[name][i] = kept[name][(i - 1) % #makers[name] + 1] end
      end
      for i = 1, 8 do x[i] = nil end
      collectgarbage()
    end
    big_list, big_rows, wide, long_text = {}, {}, {}, ("ab "):rep(3000000)
    long_name = ("ab "):rep(43690)
    for i = 1, 300000 do wide["name" .. i] = i end
    for i = 1, 1000000 do big_list[i] = i % 1000 end
    full_list = table.move(big_list, 1, 200000, 1, {})
    for i = 1, 2000 do big_rows[i] = { ["c" .. i] = i } end
    """

  /// By path: calls that are long by other numbers than those of a tensor's elements.
  static let calls: [String: [LargeCall]] = creation.merging(algebra) { $1 }.merging(signals) { $1 }
    .merging(rest) { $1 }

  private static let creation: [String: [LargeCall]] = [
    "nj.zeros": ["nj.zeros(30000, 10000)"], "nj.ones": ["nj.ones(30000, 10000)"],
    "nj.full": ["nj.full({30000, 10000}, 2)"],
    "nj.randn": ["nj.randn(30000, 10000)"], "nj.rand": ["nj.rand(30000, 10000)"],
    "nj.randint": ["nj.randint(1, 9, 30000, 10000)"], "nj.randperm": ["nj.randperm(200000000)"],
    "nj.arange": ["nj.arange(1, 300000000)", "nj.arange(1, 300000000, 1, {dtype = \"int32\"})"],
    "nj.linspace": ["nj.linspace(0, 1, 300000000)"],
    "nj.eye": ["nj.eye(16000)"], "nj.tensor": ["nj.tensor(big_list)"],
    "nj.one_hot": [LargeCall("a = nj.randint(1, 1000, 200000)", "nj.one_hot(a, 1000)")],
    "random.randn": ["r[1]:randn(30000, 10000)"], "random.randperm": ["r[1]:randperm(200000000)"],
    "random.randint": ["r[1]:randint(1, 9, 30000, 10000)"],
    "tensor.totable": [LargeCall("a = nj.zeros(2000, 2000)", "a:totable()")],
    "tensor.expand": ["nj.zeros(1):expand(2^31):contiguous()"],
  ]

  private static let algebra: [String: [LargeCall]] = [
    "tensor.matmul": [
      LargeCall("a = nj.ones(14000, 14000)", "a:matmul(a)"),
      LargeCall("a = nj.ones(20000000, 2)", "a:matmul(nj.ones(2, 2))"),
    ],
    "tensor.inverse": [LargeCall("a = nj.eye(6000)", "a:inverse()")],
    "tensor.svd": [LargeCall("a = nj.randn(4000, 4000)", "a:svd()")],
    "tensor.qr": [LargeCall("a = nj.randn(6000, 6000)", "a:qr()")],
    "tensor.solve": [LargeCall("a = nj.eye(6000)", "a:solve(nj.ones(6000, 10))")],
    "tensor.eigh": [LargeCall("a = nj.eye(4000)", "a:eigh()")],
    "tensor.cholesky": [LargeCall("a = nj.eye(12000)", "a:cholesky()")],
    "tensor.sort": [LargeCall("a = nj.randn(50000000)", "a:sort(1)")],
    "tensor.topk": [LargeCall("a = nj.randn(50000000)", "a:topk(1000000, 1)")],
    "tensor.quantile": [LargeCall("a = nj.randn(50000000)", "a:quantile(0.5)")],
    "tensor.ridge": [LargeCall("a, b = nj.randn(20000, 1000), nj.randn(20000, 10)", "a:ridge(b, 1)")],
    "tensor.reshape": ["t[4]:reshape(-1)"], "tensor.pad": ["t[2]:pad(2, 1000, 1000)"],
    "tensor.at": ["t[1]:at(4096, 4096)"],
    "tensor.fill_": [LargeCall("a = nj.zeros(100000000)", "a:fill_(1)")],
    "tensor.unique": [LargeCall("a = nj.randn(50000000)", "a:unique()")],
    "tensor.masked_select": [LargeCall("a = nj.ones(100000000) b = a:gt(0)", "a:masked_select(b)")],
    "tensor.cumsum": [LargeCall("a = nj.ones(100000000)", "a:cumsum(1)")],
    "tensor.any": [LargeCall("a = nj.zeros(100000000)", "a:any()")],
    "tensor.allclose": [LargeCall("a = nj.zeros(100000000)", "a:allclose(a)")],
    "tensor.gather": [
      LargeCall("a = nj.ones(8, 10000000) b = nj.randint(1, 8, 8, 10000000)", "a:gather(1, b)")
    ],
    "tensor.scatter_add": [
      LargeCall("a = nj.ones(8, 10000000) b = nj.randint(1, 8, 8, 10000000)", "a:scatter_add(1, b, a)")
    ],
    "tensor.index_select": [
      LargeCall("b = nj.randint(1, 4096, 40000)", "t[1]:index_select(1, b)")
    ],
    "nj.einsum": [LargeCall("a = nj.ones(8000, 8000)", "nj.einsum(\"ij,jk->ik\", a, a)")],
    "nj.scaled_dot_product_attention": [
      "nj.scaled_dot_product_attention(t[8]:slice(1, 1, 10), t[8], t[8])",
      "nj.scaled_dot_product_attention(t[1], t[1], t[5], {is_causal = true})",
      LargeCall(
        "a = nj.scaled_dot_product_attention(t[8]:slice(1, 1, 10):detach():requires_grad_(), t[8], t[8]):sum()",
        "a:backward()"),
    ],
    "nj.conv1d": [
      LargeCall(
        "a, b = nj.ones(1, 200000, 64), nj.ones(64, 1, 100001)", "nj.conv1d(a, b, {groups = 64})"),
      LargeCall("a, b = nj.ones(1, 400000, 32), nj.ones(32, 32, 1001)", "nj.conv1d(a, b)"),
    ],
    "tensor.backward": [
      LargeCall("a = nj.ones(4096, 4096):requires_grad_() b = a:sum()", "b:backward()"),
      LargeCall(
        "a = nj.ones(1, 20000, 64):requires_grad_() b = nj.conv1d(a, nj.ones(64, 1, 2001), {groups = 64}):sum()",
        "b:backward()"),
      LargeCall(
        "a = nj.randn(4):requires_grad_() b = a for i = 1, 100000 do b = b * 1.5 end b = b:sum()",
        "b:backward()"),
    ],
  ]

  private static let signals: [String: [LargeCall]] = [
    "nj.audio.mfcc": [
      LargeCall("a = nj.randn(200, 160000)", "nj.audio.mfcc(a)"),
      LargeCall("a = nj.randn(1, 50000000)", "nj.audio.mfcc(a)"),
    ],
    "nj.audio.resample": [
      LargeCall("a = nj.randn(50000000)", "nj.audio.resample(a, 8000, 16000)"),
      LargeCall("a = nj.randn(2000000)", "nj.audio.resample(a, 47, 192000)"),
    ],
    "nj.audio.delta": [
      LargeCall("a = nj.randn(2000000, 20)", "nj.audio.delta(a, {win_length = 101})")
    ],
    "nj.audio.shift": [LargeCall("a = nj.randn(1000, 100000)", "nj.audio.shift(a, 5)")],
    "nj.audio.speed": [LargeCall("a = nj.randn(1, 50000000)", "nj.audio.speed(a, 1.001)")],
    "nj.audio.s2s": [LargeCall("a = nj.randn(1, 50000000)", "nj.audio.s2s(a)")],
    "nj.data.mackey_glass": ["nj.data.mackey_glass{tau = 17, interval = 1000, points = 1000000}"],
    "nj.audio.noise": ["nj.audio.noise({\"pink\", \"brown\"}, 100000000)"],
    "nj.audio.reverberate": [
      LargeCall("a = nj.randn(2, 5000000)", "nj.audio.reverberate(a, 16000, 0.5, 3)")
    ],
    "nj.audio.write": [
      LargeCall("a = nj.rand(20000000)", "nj.audio.write(FILES .. \"/l.flac\", a, 16000)")
    ],
    "nj.audio.read": [
      LargeCall(
        "nj.audio.write(FILES .. \"/l.wav\", nj.rand(20000000), 16000)", "nj.audio.read(FILES .. \"/l.wav\")")
    ],
  ]

  private static let rest: [String: [LargeCall]] = [
    "nj.json.decode": [
      LargeCall("a = \"[\" .. (\"1,\"):rep(20000000) .. \"1]\"", "nj.json.decode(a)"),
      LargeCall("a = \"[\" .. (\"[],\"):rep(6000000) .. \"1]\"", "nj.json.decode(a)"),
      LargeCall("a = (\" \"):rep(200000000) .. \"1\"", "nj.json.decode(a)"),
      LargeCall("a = \"[\" .. (\"1,\"):rep(3900000) .. \"1]\"", "nj.json.decode(a)"),
      LargeCall("a = '\"' .. (\"a\"):rep(200000000) .. '\"'", "nj.json.decode(a)"),
    ],
    "nj.json.encode": [
      "nj.json.encode(big_list)", "nj.json.encode({a = long_text})", "nj.json.encode(wide)",
      "nj.json.encode(wide, {pretty = true})",
      LargeCall("a = {} for i = 1, 20 do a[i] = long_text end", "nj.json.encode(a)"),
      LargeCall("a = (\"a\"):rep(300000000)", "nj.json.encode(a)"),
    ],
    "nj.fs.write": ["nj.fs.write(FILES .. \"/l.txt\", long_text)"],
    "nj.fs.read": [
      LargeCall("nj.fs.write(FILES .. \"/l.txt\", long_text)", "nj.fs.read(FILES .. \"/l.txt\")")
    ],
    "nj.save": [
      "nj.save(FILES .. \"/l.safetensors\", {a = t[1], b = t[2]})",
      "nj.save(FILES .. \"/l.npz\", {a = t[1]})",
    ],
    "nj.load": [
      LargeCall("nj.save(FILES .. \"/l.npz\", {a = t[1]})", "nj.load(FILES .. \"/l.npz\")"),
      LargeCall("nj.save(FILES .. \"/l.safetensors\", {a = t[1]})", "nj.load(FILES .. \"/l.safetensors\")"),
    ],
    "nj.export": ["nj.export(m[1], FILES .. \"/l.onnx\", {channels = 4096})"],
    "nj.run.table": ["nj.run.table(\"a\", big_rows)"],
    "nj.run.save": ["nj.run.save(\"a\", {list = big_list})"],
    "nj.run.histogram": [
      "nj.run.histogram((\"n\"):rep(1000), t[3], 1, 1000)", "nj.run.histogram(\"a\", t[3] / 0, 1)",
    ],
    "nj.run.figure": [
      LargeCall("a = nj.plot.lines{y = full_list}", "nj.run.figure((\"n\"):rep(1000), a)")
    ],
    "nj.plot.lines": [
      "nj.plot.lines{y = big_list, x = big_list}", "nj.plot.lines{y = full_list, x = full_list}",
    ],
    "nj.plot.histogram": ["nj.plot.histogram{x = t[3], bins = 1000}"],
    "nj.plot.heatmap": ["nj.plot.heatmap{value = t[1]}"],
    "nj.plot.scatter": [
      "nj.plot.scatter{x = big_list, y = big_list}", "nj.plot.scatter{x = full_list, y = full_list}",
    ],
    "nj.plot.bars": ["nj.plot.bars{x = full_list, y = full_list}"],
    "nj.plot.bands": ["nj.plot.bands{runs = t[8]:transpose(1, 2):slice(2, 1, 200000)}"],
    "nj.system": ["nj.system{model = m[3], inputs = t[2], runs = 1, seconds = 0.01}"],
    "nj.metrics.paired_difference": [
      LargeCall("a, b = nj.rand(4000000), nj.rand(4000000)", "nj.metrics.paired_difference(a, b)")
    ],
    "nj.metrics.continual": [LargeCall("a = nj.rand(2000, 2000)", "nj.metrics.continual(a)")],
    "nj.loss.nll": ["nj.loss.nll(t[8], k[2])"],
    "nj.loss.cross_entropy": ["nj.loss.cross_entropy(t[8], k[2])"],
    "nj.stack": [LargeCall("a = {} for i = 1, 400000 do a[i] = t[3] end", "nj.stack(a)")],
    "nj.cat": [LargeCall("a, b = {}, nj.ones(1) for i = 1, 400000 do a[i] = b end", "nj.cat(a)")],
    "nj.grad": [
      LargeCall(
        "a = {} for i = 1, 20000 do a[i] = nj.ones(1):requires_grad_() end b = nj.cat(a):sum()",
        "nj.grad(b, a)"
      )
    ],
    "nj.optim.SGD": [
      LargeCall(
        "a, b = {}, nj.ones(1):requires_grad_() for i = 1, 400000 do a[i] = b end",
        "nj.optim.SGD(a, {lr = 1})"
      )
    ],
    "nj.optim.clip_grad_norm": [
      LargeCall(
        "a = nj.ones(1):requires_grad_() a.grad = nj.ones(1) b = {} for i = 1, 400000 do b[i] = a end",
        "nj.optim.clip_grad_norm(b, 1)")
    ],
    "nj.nn.Linear": ["nj.nn.Linear(16000, 16000)"], "nj.nn.Embedding": ["nj.nn.Embedding(1000000, 200)"],
    "nj.nn.Conv1d": ["nj.nn.Conv1d(4000, 4000, 17)"],
    "module.__call": [
      "nj.nn.Conv1d(64, 64, 101)(t[2])", "nj.nn.MaxPool1d(1000, {stride = 1})(t[2])", "m[3](t[2])",
      LargeCall("a, b = nj.nn.GRU(64, 512), nj.randn(64, 2000, 64)", "a(b)"),
      LargeCall("a, b = nj.nn.LSTM(64, 512), nj.randn(1, 200000, 64)", "a(b)"),
      LargeCall("a, b = nj.nn.RadLIF(64, 512), nj.randn(64, 2000, 64)", "a(b)"),
      LargeCall("a, b = nj.nn.Leaky{beta = 0.9}, nj.randn(1, 5000000, 1)", "a(b)"),
      "nj.nn.AvgPool1d(1000, {stride = 1})(t[2])", "nj.nn.BatchNorm1d(64)(t[2])", "nj.nn.LayerNorm(64)(t[2])",
    ],
    "optimizer.step": [
      LargeCall("for _, a in ipairs(m[1]:parameters()) do a.grad = nj.ones(a.shape) end", "o[1]:step()")
    ],
    "string.rep": ["(\"x\"):rep(400000000)"], "string.find": ["(\"a\"):rep(1e5):find(\".-.-.-b$\")"],
    "string.gsub": ["long_text:gsub(\"%w\", \"%0%0\")"], "string.format": ["(\"%s\"):format(long_text)"],
    "table.sort": ["table.sort(big_list)"], "table.concat": ["table.concat(big_list)"],
    "table.move": ["table.move({}, 1, 1e9, 2)"], "table.unpack": ["table.unpack(big_list, 1, 100000)"],
    "load": [LargeCall("a = \"x = 1 \" .. (\"x = x + 1 \"):rep(2000000)", "load(a)")],
    "string.reverse": ["long_text:reverse()"],
    "string.byte": ["long_text:byte(1, 100000)"], "utf8.len": ["utf8.len(long_text)"],
    "print": ["print(long_text)"], "error": ["error(long_text)"], "tostring": ["tostring(long_text)"],
    "collectgarbage": [LargeCall("for i = 1, 2000000 do x[i] = {} end", "collectgarbage()")],
    "pairs": ["pairs(wide)"], "next": ["next(wide, \"name1\")"],
  ]
}
