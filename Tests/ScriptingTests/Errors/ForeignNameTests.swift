import LuaHost
import Scripting
import Testing

/// Names of PyTorch, NumPy and stock Lua lead to ours.
@Suite struct ForeignNameTests {
  @Test(arguments: ForeignName.all.flatMap(\.ours)) func whatItAdvisesExists(_ name: String) {
    #expect(Reference.nightjar.names.contains(name), "\(name) is not in the reference")
  }

  @Test func noneExistsHere() {
    let names = Set(Reference.nightjar.names)
    let prefixes: [ForeignName.Place: [String]] = [
      .tensor: ["tensor:", "tensor."], .module: ["nj.", "nj.nn.", "nj.optim.", "nj.loss."],
      .network: ["module:", "module."],
      .optimizer: ["optimizer:", "optimizer.", "scheduler:"],
    ]
    for entry in ForeignName.all {
      for place in entry.places {
        for prefix in prefixes[place] ?? [] {
          for name in entry.names {
            #expect(!names.contains(prefix + name), "\(prefix)\(name) exists: it needs no advice")
          }
        }
      }
    }
  }

  @Test func noneIsListedTwice() {
    for place in ForeignName.Place.allCases {
      let names = ForeignName.all.filter { $0.places.contains(place) }.flatMap(\.names)
      for name in Set(names) { #expect(names.count { $0 == name } == 1, "\(name), \(place)") }
    }
  }

  static let scripts: [(script: String, says: String)] = [
    ("nj.zeros(2, 2):mm(nj.zeros(2, 2))", "tensor has no 'mm'. Hint: x:matmul(y)"),
    ("nj.zeros(2):tolist()", "x:totable()"),
    ("nj.zeros(2):cuda()", "there is one device"),
    ("return nj.zeros(2, 2).T", "x:t()"),
    ("nj.manual_seed(1)", "nj.seed(n)"),
    ("nj.nn.Conv2d(1, 2, 3)", "nn.Conv1d"),
    ("nj.nn.ReLU():state_dict()", "m:state()"),
    ("return io.open('a')", "global 'io'"),
    ("return io.open('a')", "nj.fs.read"),
    ("return os.time()", "nj.time()"),
    ("return torch.zeros(2)", "local nj = require"),
    ("nj.zeros(2):sum { axis = 1 }", "write dim, from 1"),
    ("nj.zeros(2):sum { dim = 1, keepdims = true }", "write keepdim"),
    ("nj.optim.Adam({}, { learning_rate = 1 })", "write lr"),
    ("return len({})", "#x, or x:size(dim)"),
    ("self.x = 1", "function(self, …)"),
    ("nj.softmax(nj.zeros(2), 1)", "a method of tensors: x:softmax(dim)"),
    ("nj.cross_entropy()", "it is nj.loss.cross_entropy"),
    ("nj.nn.Softmax(1)", "x:softmax(-1)"),
    ("nj.nn.MultiheadAttention(2, 2)", "nj.scaled_dot_product_attention(q, k, v)"),
    ("for row in nj.zeros(2, 2) do end", "ipairs(x)"),
    ("for x in { 1 } do end", "ipairs(list)"),
    ("return ('%.1f'):format(nj.zeros(2):mean())", "x:item()"),
    ("return math.exp(nj.zeros(2))", "x:exp() of a tensor"),
    ("return 'loss: ' + nj.zeros(2)", "a .. b joins text"),
    ("local x = nj.zeros(2) x[1][1] = 3", "x[1] = w sets it"),
    ("local x, i = nj.zeros(2), 1 x[i][1] = 3", "x[1] = w sets it"),
    ("return nj.zeros(2)[1]:item()", "no x[1]:item()"),
    ("return #nj.zeros(2)[1]", "is a number"),
    ("return '%d' % 3", "(\"%.3f\"):format(x)"),
    ("return nj.cat(nj.zeros(2), nj.zeros(2))", "nj.cat({ x, y }, dim)"),
    ("nj.nn.Sequential(nj.nn.ReLU(), nj.nn.ReLU())", "nn.Sequential { first, second }"),
    ("nj.nn.Conv1d(2, 3, 3, 2)", "options have names: { stride = … }"),
    ("nj.nn.LSTM(2, 3, 4)", "it is LSTM(in, width)"),
    ("nj.optim.Adam(nj.nn.ReLU())", "m:parameters()"),
    ("nj.zeros(2):to('cuda')", "there is one device"),
    ("nj.zeros(2, { dtype = 'int64' })", "int32 is the type of integers"),
    ("nj.audio.mel_spectrogram(nj.zeros(800), { hop = 160 })", "did you mean 'hop_length'?"),
    ("nj.no_grad()", "nj.no_grad(function() … end)"),
    ("nj.zeros(2):size()", "x.shape"),
    (
      "nj.loss.cross_entropy(nj.zeros(2, 3), nj.tensor({ 0, 2 }, { dtype = 'int32' }))",
      "label 0 of sample 1 is outside the 3 classes of the logits. Hint: labels count from 1: labels + 1"
    ),
    ("nj.loss.cross_entropy(nj.zeros(2, 3), { 1, 2 })", "nj.tensor({ 1, 2 }, { dtype = \"int32\" }), from 1"),
    ("nj.zeros(2):matmul { 1, 2 }", "nj.tensor { … }"),
    ("nj.zeros(2).requires_grad = false", "x:requires_grad_(false)"),
    ("nj.zeros(2).data = nj.ones(2)", "x:copy_(y)"),
    ("return nj.zeros(2, 2):max(2).values", "local values, indices = x:max(2)"),
    ("F.cross_entropy()", "nj.loss.cross_entropy(scores, labels)"),
    ("snn.Leaky()", "nj.nn.Leaky { beta = 0.9 }"),
    ("nj.surrogate.fast_sigmoid()", "nn.Leaky { surrogate = \"arctan\" }"),
    (
      "return nj.zeros(2).shape[0] * 2",
      "a nil value (an element of a list). Hint: there is nothing at this index"
    ),
    ("return nj.zeros(2).shape[0] * 2", "lists count from 1"),
    ("local x, i = nj.zeros(2), 0 return x.shape[i] * 2", "lists count from 1"),
    ("return nj.zeros(2):shape()", "x.shape is the list of lengths, x:size(dim) is one"),
    ("return nj.zeros(2):tile(2)", "nj.cat({ x, x }, dim)"),
    ("nj.no_grad(nj.zeros(2))", "nj.no_grad(function() … end)"),
    ("nj.nn.ReLU(nj.zeros(2))", "nn.ReLU()(x), or x:relu()"),
    ("nj.nn.ELU(nj.zeros(2))", "nn.ELU(…)(x), or x:elu()"),
    ("nj.nn.Linear(nj.zeros(2))", "nn.Linear(…)(x)"),
    ("nj.nn.Linear(1, 1).weight = nj.zeros(1, 1)", "nj.no_grad(function() m.weight:copy_(t) end)"),
    ("for i, row in pairs(nj.zeros(2, 2)) do end", "for i, row in ipairs(x) do"),
    (
      "nj.nn.Sequential { function(x) return x end }",
      "nn.module { forward = function(self, x) return … end }()"
    ),
    ("nj.nn.Sequential { nj.nn.ReLU }", "a layer is called first, nn.ReLU()"),
    ("nj.ones(2, 3, 'float32')", "{ dtype = \"float32\" } as the last argument"),
    ("nj.zeros(2, 3):view(4)", "view: [2, 3] has 6 elements"),
    ("return nj.zeros(2, 3)[{ 1, 5 }]", "index: index 5 is outside 1 to 3"),
    ("nj.zeros(2, 3)[{ 1, 5 }] = 1", "assign: index 5 is outside 1 to 3"),
    ("nj.zeros(2, 3)[{ 1, 1 }] = 'a'", "assign: argument 2 (value): expected"),
    ("return 'loss ' .. nj.zeros(2)", "the operator .. joins text, not tensors. Hint: print"),
    // A key that does not exist here is not advised.
    ("nj.zeros(2):mean { batch_size = 1 }", "it takes dim, keepdim"),
  ]

  @Test(arguments: scripts.indices) func scriptsAreTold(_ index: Int) {
    let c = Self.scripts[index]
    #expect {
      try BindingsState().run(c.script)
    } throws: {
      "\($0)".contains(c.says)
    }
  }
}
