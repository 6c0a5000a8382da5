import Networks
import Tensors

/// What a declaration does not say about a value, as templates: `$t` is a tensor of the case, `$k` one of int32,
/// `$c` one of truth values, `$m` a module, `$o` an optimizer, `$g` a figure, `$w` a data set, `$b` its batches,
/// `$u` a plugin, `$n` a small length, `$d` a dimension, `$r` a number, `$f` a callback, `$p` a path, `$q` a word,
/// `$l` a name, `$i` a number up to 400, `$a` any value.
enum Templates {
  /// How values of a class come about.
  static let makers: [String: [String]] = [
    "tensor": [
      "nj.randn($n, $n)", "nj.randn(3, 4)", "nj.randn(4, 3)", "nj.randn(4, 4)", "nj.ones{2, 3, 4}",
      "nj.zeros{4}",
      "nj.randn(3, 4):requires_grad_()", "nj.randn(4):requires_grad_()", "nj.rand(2, 8, 4)", "nj.zeros(0, 3)",
      "nj.full({}, 2)", "nj.tensor{1, -0.0, 0/0, 1/0}", "nj.randn(4, 3):transpose(1, 2)",
      "nj.randn(1, 4):expand(3, 4)",
      "nj.randn(6, 4):slice(1, 1, 6, 2)", "nj.randn(3, 4):gt(0)", "nj.randn(2, 300)", "nj.randn(400)",
      "spread(nj.randn(3, 4))", "nj.randn($n, $n, $n, $n)",
    ],
    // Worked on in parallel; views of next to nothing that look huge.
    "large": [
      "nj.randn(300, 200)", "nj.randn(40000)", "nj.zeros(1):expand(2^31)", "nj.zeros(1, 4):expand(2^20, 4)",
      "nj.randn(4, 1, 3):expand(4, 9000, 3)",
    ],
    "int32": [
      "nj.randint(1, 3, 4)", "nj.randint(1, 2, 3, 4)", "nj.tensor({1, 2}, {dtype = \"int32\"})",
      "nj.randperm($n)",
      "nj.randint(-1, 5, $n)", "nj.zeros({0}, {dtype = \"int32\"})", "nj.randint(1, 4, 3):unsqueeze(1)",
    ],
    "module": [
      "nj.nn.Linear(4, 3)", "nj.nn.Conv1d(4, 4, 2)", "nj.nn.BatchNorm1d(4)", "nj.nn.LayerNorm(4)",
      "nj.nn.Embedding(4, 3)",
      "nj.nn.Dropout(0.5)",
      "nj.nn.Sequential{nj.nn.Conv1d(4, 4, 3), nj.nn.BatchNorm1d(4), nj.nn.ReLU(), "
        + "nj.nn.MaxPool1d(2), nj.nn.GlobalAvgPool1d(), nj.nn.Linear(4, 3)}",
      "nj.nn.Residual(nj.nn.Linear(4, 4))",
      "nj.nn.Sequential{nj.nn.Linear(4, 4), {\"readout\", nj.nn.Linear(4, 3)}}",
      "nj.nn.module{init = function(self, n) self.inner = nj.nn.Linear(n, n) self.kept = $t end, "
        + "forward = function(self, x) return self.inner(x) end}(4)",
    ],
    "optimizer": [
      "nj.optim.SGD($m:parameters(), {lr = 0.1, momentum = 0.9})", "nj.optim.Adam($m:parameters())",
      "nj.optim.AdamW($m:parameters(), {amsgrad = true})", "nj.optim.SGD{nj.randn(3, 4):requires_grad_()}",
    ],
    "scheduler": ["nj.optim.StepLR($o, {step_size = 1})", "nj.optim.OneCycleLR($o, {steps = 4})"],
    "random": ["nj.random($n)"],
    "figure": ["nj.plot.lines{y = {1, 3, 2}}", "nj.plot.heatmap{value = nj.randn(3, 4)}"],
    "progress": ["nj.progress(3, \"fuzz\")"],
    "function": [
      "nj.func{forward = function(c, a) c:save(a) return a * 2 end, backward = function(c, d) return d * 2 end}",
      "nj.func{forward = $f, backward = $f}", "nj.nn.module{forward = $f}",
      "nj.nn.module{init = $f, forward = $f, features = $f, readout = $f}", "$u.build", "$u.new",
    ],
    "words": ["nj.data.words{path = DATA, encoder = \"frames\"}"],
    "batches": ["$w:batches{split = \"train\", size = $n, shuffle = true}"],
    "batch": ["$b()"],
    "plugin": [
      "nj.plugin(\"model\", \"small\")", "nj.plugin(\"learner\", \"nearest\")",
      "nj.plugin(\"encoder\", \"frames\")",
      "nj.plugin(\"recipe\", \"step\")", "nj.plugin(\"metric\", \"counter\")",
      "nj.plugin(\"test\", \"share\")",
    ],
  ]

  /// By `path.parameter`, else by the parameter alone.
  static let values: [String: [String]] = [
    "nj.tensor.values": [
      "{{1, $n}, {3, 4}}", "$r", "{1, 2, true}", "{}", "{{}, {}}", "{{1}, {2, 3}}", "{{{1, 2}}}", "deep",
      "{$a, $a}", "wide",
    ],
    "nj.einsum.equation": [
      "\"ij,jk->ik\"", "\"ij->ji\"", "\"ii->i\"", "\"ij,ij->\"", "\"bij,bjk->bik\"", "\"i,i\"", "\"i,j->ij\"",
    ],
    "nj.grad.loss": ["$t:sum()", "($t * $t):mean()", "$m($t):sum()", "nj.loss.mse($t, $t)"],
    "tensor.solve.b": ["nj.randn(3, 2)", "$t"],
    "tensor.masked_select.mask": ["$c"], "nj.where.condition": ["$c"],
    "indices": ["$k"], "labels": ["$k"],
    "nj.nn.Sequential.parts": ["{$m, $m}", "{{$q, $m}, $m}", "{}", "{{$q, $m, 1}}"],
    "nj.nn.module.declaration": [
      "{forward = $f}", "{name = $q, init = $f, forward = $f, features = $f, readout = $f}",
    ],
    "nj.optim.SGD.parameters": ["$m:parameters()", "{$t, $t}"],
    "nj.optim.Adam.parameters": ["$m:parameters()"],
    "nj.optim.AdamW.parameters": ["$m:parameters()"],
    "nj.optim.clip_grad_norm.parameters": ["$m:parameters()", "{$t}"],
    "betas": ["{0.9, 0.99}", "{0, 0}", "{$r, $r}"],
    "batches": [
      "{{features = $t, labels = $k}}", "{{features = nj.randn(4, 4), labels = nj.randint(1, 3, 4)}}", "$b",
      "$f", "{$a}",
      "{{features = nj.randn(4, 8, 4), labels = nj.randint(1, 3, 4)}, {features = $t, labels = $k}}",
    ],
    "epochs": ["1", "2"],
    "loss": ["nj.loss.cross_entropy", "function(a) return mean(a) end", "$f"],
    "learners": [
      "\"nearest\"", "{name = \"odd\", options = {mode = $i}}", "{\"nearest\", \"nearest\"}",
      "{\"nearest\", $u}",
    ],
    "tests": ["\"share\"", "$u"], "metrics": ["{\"counter\"}", "{}", "{$u}"],
    "repeats": ["1", "2"], "sessions": ["1", "2"], "ways": ["1", "2"], "shots": ["1", "2"],
    "queries": ["1", "2"],
    "nj.fscil.pretrain.model": ["\"small\"", "$u"], "nj.fscil.pretrain.recipe": ["\"step\"", "$u"],
    "encoder": ["\"frames\"", "$u"], "nj.data.words.path": ["DATA"],
    "nj.save.tensors": ["{a = $t, b = $t}", "$m:state()", "{}", "{a = $a}"],
    "module.load_state.state": ["$m:state()", "{weight = $t, bias = $t}"],
    "nj.json.decode.text": [
      "nj.json.encode($a)", "mutated(nj.json.encode{1, {a = $q}}, $i, $i)", "\"[1, {\\\"a\\\": null}]\"",
      "(\"[\"):rep(100)", "\"{\\\"a\\\": 1e999}\"", "\"\\\"\\\\ud800\\\"\"",
    ],
    "nj.fs.write.text": [
      "$q", "mutated(nj.fs.read($p), $i, $i)", "cut(nj.fs.read($p), $i)", "nj.fs.read($p)",
    ],
    "nj.export.path": ["FILES .. \"/m.onnx\"", "FILES .. \"/m.nir\"", "FILES .. \"/m.npz\"", "$p"],
    "path": ["$p"], "folder": ["FILES", "FILES .. \"/d\"", "nj.run.out"],
    "nj.env.name": ["\"HOME\"", "\"FUZZ\""],
    "nj.audio.write.rate": ["8000"], "from": ["8000", "$r"], "to": ["16000", "$r"], "sample_rate": ["8000"],
    "n_fft": ["4", "64", "100"], "win_length": ["3", "50"], "hop_length": ["10", "$n"],
    "n_mels": ["$n", "20"],
    "n_mfcc": ["$n"], "n_freqs": ["33"], "f_min": ["0", "20"], "f_max": ["4000", "$r"],
    "top_db": ["80", "false"],
    "waveforms": ["nj.randn(800)", "nj.randn(2, 800)", "$t"],
    "x": ["{1, 2, 3}", "$t", "{$q, $q, $q}"], "y": ["{1, 3, 2}", "$t", "{$r, $r, $r}"],
    "low": ["{0, 1, 2}", "$t"],
    "high": ["{2, 3, 4}", "$t"], "runs": ["nj.randn(3, 4)", "$t"], "value": ["nj.randn(3, 3)", "$t", "$a"],
    "series": ["{{name = $q, y = {1, 2}}, {name = $q, y = $t}}", "{a = {1, 2}}"],
    "rows": ["{{a = 1, b = 2}, {a = 3, b = $r}}", "{{a = $a}}"], "group": ["\"a\"", "{1, 2, 3}"],
    "nj.plot.panels.figures": ["{$g, $g, title = $q}"], "columns": ["{\"a\", \"b\"}", "{}"],
    "x_range": ["{0, 1}"], "y_range": ["{0, 1}"], "x_ticks": ["{0, 1, 2}"], "y_ticks": ["{0, 1}"],
    "nj.model.manifest": ["{name = $l, summary = $q, api = 1, build = $f, options = {a = {default = $a}}}"],
    "nj.learner.manifest": ["{name = $l, summary = $q, api = 1, start = $f, learn = $f, scores = $f}"],
    "nj.recipe.manifest": ["{name = $l, summary = $q, api = 1, train = $f, needs = {$q}}"],
    "nj.metric.manifest": ["{name = $l, summary = $q, api = 1, start = $f, update = $f, value = $f}"],
    "nj.encoder.manifest": ["{name = $l, summary = $q, api = 1, encode = $f, setup = $f}"],
    "manifest": ["{name = $l, summary = $q, api = 1, run = $f}"],
    "nj.plugin.name": ["\"small\"", "\"nearest\"", "\"frames\"", "\"no\"", "$q"],
    "declaration": [
      "{a = {default = 1, min = 0}, b = {choices = {\"x\", \"y\"}, default = \"x\"}}", "{a = $a}",
      "{a = {default = $a}}",
    ],
    "pattern": [
      "\"(a+)(.-)$\"", "\"%b()\"", "\"%f[%w]\"", "\"[^%s-]*\"", "\"()\"", "\"%1\"",
      "(\"(.-)\"):rep(20) .. \"b\"", "\"a-a-a-b\"", "\"[\"", "\"%\"",
    ],
    "format": [
      "\"%s %d %5.2f %q\"", "\"%x %c %i\"", "\"%99.99f\"", "\"%s\"", "\"%10.4s|\"", "\"%a %g\"", "$q",
    ],
    "layout": ["\"<i4>s2z\"", "\"!8 d j\"", "\"i17\"", "\"s1\"", "\"Xi8\"", "\"c\" .. $n"],
    "chunk": [
      "\"return 1\"", "\"return \" .. $q", "$f", "(\"(\"):rep(300)", "\"x = \"", "\"\\27Lua\"",
      "function() return nil end",
    ],
    "thread": ["coroutine.create($f)", "coroutine.running()", "x[$i]", "dead"],
    "key": ["1", "\"weight\"", "\"a\"", "$q", "$a", "-1"],
    "nj.run.save.value": ["$t", "{a = $t}", "$q", "{1, {b = 2}}", "$a"],
    "metatable": [
      "{__index = $f, __newindex = $f}", "{__close = $f, __gc = $f}", "{__mode = \"k\", __metatable = 1}",
      "raising", "$a",
    ],
    "by": ["$f", "{a = \"b\"}", "\"%1%0\"", "$a"],
  ]
}
