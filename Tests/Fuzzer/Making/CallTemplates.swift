import Networks
import Tensors

extension Templates {
  /// Whole uses, by path: those whose arguments have to fit one another, which random ones hardly ever do.
  static let calls: [String: [String]] = tensors.merging(networks) { $1 }.merging(rest) { $1 }

  private static let tensors = [
    "tensor.at": ["nj.randn(2, 3):at(1, -1)", "$t:at($n, $d)"],
    "tensor.item": ["$t:sum():item()", "nj.zeros(1, 1):item()"],
    "tensor.backward": [
      "nj.randn(3, 4):requires_grad_():square():sum():backward()",
      "$m(nj.randn(2, 4):requires_grad_()):sum():backward()",
      "($t:square() + $t:exp()):mean():backward()",
      "(nj.randn(3):requires_grad_() * 2):backward(nj.randn(3))",
      "spread(nj.randn(3, 4):requires_grad_()):cholesky():sum():backward()", "$f($t):sum():backward()",
      "($t:matmul($t):softmax(2):max(1)):sum():backward()",
      "nj.cat({$t, $t}, 1):sort(1):cumsum(1):sum():backward()",
    ],
    "nj.grad": [
      "(function(a, b) return nj.grad((a * b):sum(), {a, b}) end)($t, nj.ones(3, 4):requires_grad_())",
      "nj.grad($m($t):sum(), $m:parameters())",
    ],
    "tensor.solve": [
      "nj.randn(3, 3):solve(nj.randn(3, 2))", "spread($t):solve($t)", "nj.zeros(2, 2):solve(nj.ones(2, 1))",
    ],
    "tensor.inverse": ["nj.randn(3, 3):inverse()", "spread($t):inverse()"],
    "tensor.cholesky": ["spread(nj.randn(3, 4)):cholesky()", "spread($t):cholesky()"],
    "tensor.eigh": ["spread(nj.randn(3, 4)):eigh()", "spread($t):eigh()"],
    "tensor.svd": ["nj.randn(3, 4):svd()", "$t:transpose(1, 2):svd()", "(nj.zeros(2, 3) * (0/0)):svd()"],
    "tensor.matmul": [
      "nj.randn(3, 4):matmul(nj.randn(4, 3))", "nj.randn(2, 3, 4):matmul(nj.randn(4, 5))",
      "$t:matmul($t:transpose(1, 2))",
      "nj.randn(3, 0):matmul(nj.randn(0, 3))", "nj.randn(4):matmul(nj.randn(4))",
    ],
    "nj.einsum": [
      "nj.einsum(\"ij,jk->ik\", nj.randn(3, 4), nj.randn(4, 3))", "nj.einsum(\"ii->i\", nj.randn(3, 3))",
      "nj.einsum(\"bi,kij,bj->bk\", nj.randn(2, 3), nj.randn(4, 3, 2), nj.randn(2, 2))",
      "nj.einsum(\"ij->ji\", $t)",
      "nj.einsum(\"ij,ij->\", $t, $t)",
    ],
    "tensor.permute": ["nj.randn(2, 3, 4):permute(3, 1, 2)", "$t:permute(2, 1)", "$t:permute{-1, 1}"],
    "tensor.expand": ["nj.randn(3, 1):expand(3, 4)", "nj.randn(1):expand($n, $n)", "$t:expand(2, -1, -1)"],
    "tensor.view": ["nj.randn(3, 4):view(2, 6)", "$t:contiguous():view(-1)"],
    "tensor.reshape": [
      "nj.randn(3, 4):reshape(2, -1)", "$t:reshape(-1)", "$t:transpose(1, 2):reshape{-1, 2}",
    ],
    "tensor.gather": [
      "nj.randn(3, 4):gather(1, nj.randint(1, 3, 2, 4))", "$t:gather(2, nj.randint(1, 3, 3, 2))",
      "$t:gather($d, $k:unsqueeze(1))",
    ],
    "tensor.scatter_add": [
      "nj.zeros(3, 4):scatter_add(1, nj.randint(1, 3, 2, 4), nj.randn(2, 4))",
      "$t:scatter_add(1, nj.randint(1, 3, 3, 4), nj.ones(3, 4):requires_grad_())",
    ],
    "tensor.index_select": [
      "nj.randn(3, 4):index_select(2, nj.randint(1, 4, 5))", "$t:index_select($d, $k)",
    ],
    "tensor.masked_select": ["(function(a) return a:masked_select(a:gt(0)) end)($t)"],
    "tensor.narrow": ["nj.randn(3, 4):narrow(2, 2, 3)", "$t:narrow($d, $n, $n)"],
    "tensor.slice": ["nj.randn(3, 4):slice(2, 1, -1, 2)", "$t:slice($d, $n, -$n, $n)"],
    "tensor.copy_": [
      "$t:detach():copy_(nj.randn(1))", "$t:slice(1, 1, 2):copy_($t)",
      "(function(a) return a:copy_(a:transpose(1, 2)) end)(nj.randn(3, 3))",
    ],
    "tensor.fill_": ["$t:fill_($r)", "$t:slice(1, 1, 2):fill_(3)"],
    "nj.where": ["nj.where($c, $t, $t)", "nj.where(nj.randn(3, 4):gt(0), $r, nj.randn(4))"],
    "nj.stack": [
      "nj.stack({nj.randn(3), nj.randn(3)}, 2)", "(function(a) return nj.stack({a, a}, $d) end)($t)",
    ],
    "nj.cat": [
      "nj.cat({nj.randn(2, 3), nj.randn(1, 3)}, 1)", "(function(a) return nj.cat({a, a, a}, $d) end)($t)",
    ],
    "tensor.__newindex": ["$t[$n] = $t", "$t[1] = $r"],
  ]

  private static let networks = [
    "module.__call": [
      "nj.nn.Linear(4, 3)($t)",
      "nj.nn.Conv1d(4, 2, 3, {padding = 1, stride = $n, dilation = $n, groups = 2})(nj.randn(2, 8, 4))",
      "nj.nn.BatchNorm1d(4)($t)", "nj.nn.LayerNorm(4)($t)", "nj.nn.Embedding(4, 3)($k)",
      "nj.nn.MaxPool1d(2, {padding = 1})(nj.randn(2, 8, 4))",
      "nj.nn.AvgPool1d(3, {stride = 2})(nj.randn(2, 8, 4))", "$m(nj.randn(2, 8, 4))", "$m(nj.randn(3, 4))",
      "$m($t)",
    ],
    "module.forward": ["$m:forward(nj.randn(2, 8, 4))", "$m:forward(nj.randn(3, 4))"],
    "module.features": ["$m:features(nj.randn(2, 8, 4))", "$m:features(nj.randn(3, 4))"],
    "module.readout": ["$m:readout(nj.randn(3, 4))"],
    "module.load_state": [
      "(function(a) return a:load_state(a:state()) end)($m)",
      "nj.nn.Linear(4, 3):load_state{weight = nj.randn(3, 4), bias = $t}",
    ],
    "nj.loss.cross_entropy": [
      "nj.loss.cross_entropy(nj.randn(4, 3), nj.randint(1, 3, 4), {label_smoothing = 0.1, reduction = \"none\"})",
      "nj.loss.cross_entropy($t, nj.randint(1, 4, 3))", "nj.loss.cross_entropy($t, $k)",
    ],
    "nj.loss.nll": [
      "nj.loss.nll(nj.randn(4, 3), nj.randint(1, 3, 4))", "nj.loss.nll($t, nj.randint(1, 4, 3))",
    ],
    "nj.loss.mse": ["nj.loss.mse($t, nj.randn(3, 4))"], "nj.loss.l1": ["nj.loss.l1(nj.randn(3, 4), $t)"],
    "nj.loss.smooth_l1": ["nj.loss.smooth_l1($t, nj.randn(3, 4), {beta = $r})"],
    "nj.loss.bce_with_logits": ["nj.loss.bce_with_logits($t, nj.rand(3, 4))"],
    "nj.train": [
      "nj.train{model = nj.nn.Linear(4, 3), optimizer = $o, batches = {{features = nj.randn(5, 4), labels = nj.randint(1, 3, 5)}}}",
      "(function(a) nj.train{model = a, optimizer = nj.optim.SGD(a:parameters(), {lr = 0.1}), epochs = 2, on_epoch = $f, "
        + "batches = {{features = nj.randn(5, 8, 4), labels = nj.randint(1, 3, 5)}}} end)($m)",
      "(function(a) nj.train{model = a, optimizer = nj.optim.Adam(a:parameters()), loss = $f, "
        + "batches = {{features = $t, labels = nj.randint(1, 3, 3)}}} end)(nj.nn.Linear(4, 3))",
    ],
    "nj.accuracy": [
      "nj.accuracy(nj.nn.Linear(4, 3), {{features = nj.randn(5, 4), labels = nj.randint(1, 3, 5)}})",
      "nj.accuracy($m, $b)",
    ],
    "optimizer.step": [
      "do $m(nj.randn(2, 8, 4)):square():sum():backward() $o:step() end", "$o:step()",
      "do for _, a in pairs($o:state()) do a:fill_($r) end $o:step() end",
      "do for _, a in ipairs($m:parameters()) do a.grad = nj.randn(a.shape) end $o:step() end",
    ],
    "func_context.save": [
      "nj.func{forward = function(c, a) c:save($a, a) c.note = $a return a end, backward = $f}($t):sum():backward()"
    ],
    "func_context.saved": [
      "nj.func{forward = $f, backward = function(c, a) return c:saved() end}($t):sum():backward()"
    ],
  ]

  private static let rest = [
    "nj.run.log": ["nj.run.log(\"a\", $r, $n)"],
    "nj.fs.read": [
      "nj.fs.read($p)", "do nj.fs.write(FILES .. \"/g.txt\", \"text\") nj.fs.read(FILES .. \"/g.txt\") end",
    ],
    "nj.load": [
      "do nj.save(FILES .. \"/a.safetensors\", {a = $t, b = $k}) nj.load(FILES .. \"/a.safetensors\") end",
      "do nj.save(FILES .. \"/a.safetensors\", {a = $t}) local a = nj.fs.read(FILES .. \"/a.safetensors\") "
        + "nj.fs.write(FILES .. \"/i.safetensors\", mutated(a, $i, $i)) nj.load(FILES .. \"/i.safetensors\") end",
      "do nj.save(FILES .. \"/a.safetensors\", {a = $t}) local a = nj.fs.read(FILES .. \"/a.safetensors\") "
        + "nj.fs.write(FILES .. \"/i.safetensors\", cut(a, $i)) nj.load(FILES .. \"/i.safetensors\") end",
      "do nj.save(FILES .. \"/a.npz\", {a = $t, b = $k}) nj.load(FILES .. \"/a.npz\") end",
      "do nj.save(FILES .. \"/a.npz\", {a = $t}) local a = nj.fs.read(FILES .. \"/a.npz\") "
        + "nj.fs.write(FILES .. \"/i.npz\", mutated(a, $i, $i)) nj.load(FILES .. \"/i.npz\") end",
    ],
    "nj.audio.read": [
      "do nj.audio.write(FILES .. \"/b.wav\", nj.rand(400), 8000) nj.audio.read(FILES .. \"/b.wav\", {rate = $i}) end",
      "do nj.audio.write(FILES .. \"/b.wav\", nj.rand(40), 8000) local a = nj.fs.read(FILES .. \"/b.wav\") "
        + "nj.fs.write(FILES .. \"/j.wav\", mutated(a, $i, $i)) nj.audio.read(FILES .. \"/j.wav\") end",
      "nj.audio.read(DATA .. \"/en/clips/yes/1.wav\")",
    ],
    "nj.audio.write": [
      "nj.audio.write($p, nj.rand(400), 8000)", "nj.audio.write(FILES .. \"/c.flac\", nj.rand(400), $i)",
    ],
    "nj.audio.resample": [
      "nj.audio.resample(nj.randn(2, 300), 8000, 16000)", "nj.audio.resample(nj.randn(300), $i, $i)",
    ],
    "nj.audio.mfcc": [
      "nj.audio.mfcc(nj.randn(2, 800), {sample_rate = 8000, n_fft = 64, hop_length = $i, n_mels = 20, n_mfcc = $n})"
    ],
    "nj.audio.delta": [
      "nj.audio.delta(nj.randn(8, 3), {win_length = 5})", "nj.audio.delta(nj.randn(2, 8, 3))",
    ],
    "nj.plot.lines": [
      "nj.plot.lines{y = {1, 3, $r}, low = {0, 1, 2}, high = {2, 3, 4}}",
      "nj.plot.lines{series = {a = {1, $r}, b = $t}}",
    ],
    "nj.plot.bands": [
      "nj.plot.bands{runs = nj.randn(3, 4)}", "nj.plot.bands{y = {1, 2}, low = {0, $r}, high = {2, 3}}",
    ],
    "nj.plot.scatter": [
      "nj.plot.scatter{x = {1, 2, $r}, y = {1, $r, 2}}",
      "nj.plot.scatter{rows = {{a = 1, b = $r}}, x = \"a\", y = \"b\"}",
    ],
    "nj.plot.bars": [
      "nj.plot.bars{x = {\"a\", \"b\"}, y = {1, $r}}",
      "nj.plot.bars{rows = {{a = \"x\", b = $r}}, x = \"a\", y = \"b\"}",
    ],
    "nj.plot.histogram": [
      "nj.plot.histogram{x = $t:flatten(), bins = $n}", "nj.plot.histogram{x = {1, 2, $r}}",
    ],
    "nj.plot.heatmap": [
      "nj.plot.heatmap{value = $t}",
      "nj.plot.heatmap{value = {{1, $r}, {3, 4}}, x = {\"a\", \"b\"}, y = {\"c\", \"d\"}}",
    ],
    "nj.run.table": ["nj.run.table(\"a\", {{a = 1, b = $r}, {a = \"x\"}})"],
    "scope.keep": [
      "do local scope <close> = nj.scope() $t = scope:keep($t) end",
      "do local scope <close> = nj.scope() scope:keep($a, $t) end",
    ],
    "progress.__call": ["for i in nj.progress($n, \"a\") do $t = nj.randn(2) end"],
    "nj.fscil.run": [
      "nj.fscil.run{model = nj.plugin(\"model\", \"small\").build({}, $w:task()), data = $w, learners = {\"nearest\", {name = \"odd\", options = {mode = $i}}}, shots = $n}",
      "nj.fscil.run{model = nj.plugin(\"model\", \"small\").build({}, $w:task()), data = $w, learners = \"nearest\", metrics = {\"counter\"}, tests = \"share\", repeats = $n}",
    ],
    "nj.fscil.embed": [
      "nj.fscil.embed(nj.plugin(\"model\", \"small\").build({}, $w:task()), {data = $w, split = \"test\"})"
    ],
    "nj.fscil.pretrain": ["nj.fscil.pretrain{data = $w, model = \"small\", recipe = \"step\"}"],
  ]
}
